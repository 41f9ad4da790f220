"""Results as people see them: numbers and units as text, charts as data, and the generated reference.

`text` formats plain values, `figures` results of rules, `places` names inputs and results, `headline` has the key
figures and the verdict, `findings` all issues of a design, `charts` says what each chart shows, `reference` writes
the pages about inputs and results. Front ends and exporters share them, so that a figure reads the same everywhere.
"""
