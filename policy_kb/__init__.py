"""The knowledge: reviewed measures, figures and channels, and the pure logic that reads them."""
