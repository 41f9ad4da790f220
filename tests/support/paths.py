"""Where the tests find profiles, documents and recorded data."""

from pathlib import Path

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent
PROFILES = ROOT / "profiles"
DOCS = ROOT / "docs"
GOLDEN = TESTS / "golden"
EXPORTS = TESTS / "importers" / "exports"
