"""How far the figures of a design move when its inputs are uncertain."""
