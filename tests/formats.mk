# tests of src/formats
if HAVE_CMOCKA
check_PROGRAMS += tests/unit/formats
TESTS += tests/unit/formats
tests_unit_formats_SOURCES = tests/unit/formats.c tests/unit/formats.h tests/unit/test.h
tests_unit_formats_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_formats_LDADD = libformats.a libbase.a $(CMOCKA_LIBS) $(YAML_LIBS) $(JANSSON_LIBS) \
	$(ZLIB_LIBS) -lm
endif
