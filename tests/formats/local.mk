# tests of src/formats
if HAVE_CMOCKA
check_PROGRAMS += tests/formats/formats tests/formats/tables tests/formats/cards tests/formats/results tests/formats/naming
TESTS += tests/formats/formats tests/formats/tables tests/formats/cards tests/formats/results tests/formats/naming
tests_formats_formats_SOURCES = tests/formats/formats.c tests/formats/formats.h tests/test.h
tests_formats_formats_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_formats_formats_LDADD = libformats.a libbase.a $(CMOCKA_LIBS) $(YAML_LIBS) $(JANSSON_LIBS) \
	$(ZLIB_LIBS) -lm
tests_formats_tables_SOURCES = tests/formats/tables.c tests/formats/formats.h tests/test.h
tests_formats_tables_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_formats_tables_LDADD = $(tests_formats_formats_LDADD)
tests_formats_cards_SOURCES = tests/formats/cards.c tests/formats/formats.h tests/test.h
tests_formats_cards_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_formats_cards_LDADD = $(tests_formats_formats_LDADD)
tests_formats_results_SOURCES = tests/formats/results.c tests/formats/formats.h tests/test.h
tests_formats_results_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_formats_results_LDADD = $(tests_formats_formats_LDADD)
tests_formats_naming_SOURCES = tests/formats/naming.c tests/test.h
tests_formats_naming_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_formats_naming_LDADD = $(tests_formats_formats_LDADD)
endif
