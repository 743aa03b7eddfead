// SupportTests
