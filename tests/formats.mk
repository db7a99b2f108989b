# tests of src/formats
