// CorporaTests
