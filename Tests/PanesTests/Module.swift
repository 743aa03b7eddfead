// PanesTests
