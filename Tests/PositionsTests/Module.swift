// PositionsTests
