// RecipesTests
