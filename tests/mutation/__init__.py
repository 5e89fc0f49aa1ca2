"""Rating with one thing wrong at a time: whether the tests of prices notice."""
