"""The engine: what a model's functions do is recorded, given registers, and carried out by one compiled loop."""
