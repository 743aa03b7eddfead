// Positions
