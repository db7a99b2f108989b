# tests of src/formats
if HAVE_CMOCKA
check_PROGRAMS += tests/unit/formats tests/unit/tables tests/unit/cards tests/unit/results tests/unit/naming
TESTS += tests/unit/formats tests/unit/tables tests/unit/cards tests/unit/results tests/unit/naming
tests_unit_formats_SOURCES = tests/unit/formats.c tests/unit/formats.h tests/unit/test.h
tests_unit_formats_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_formats_LDADD = libformats.a libbase.a $(CMOCKA_LIBS) $(YAML_LIBS) $(JANSSON_LIBS) \
	$(ZLIB_LIBS) -lm
tests_unit_tables_SOURCES = tests/unit/tables.c tests/unit/formats.h tests/unit/test.h
tests_unit_tables_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_tables_LDADD = $(tests_unit_formats_LDADD)
tests_unit_cards_SOURCES = tests/unit/cards.c tests/unit/formats.h tests/unit/test.h
tests_unit_cards_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_cards_LDADD = $(tests_unit_formats_LDADD)
tests_unit_results_SOURCES = tests/unit/results.c tests/unit/formats.h tests/unit/test.h
tests_unit_results_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_results_LDADD = $(tests_unit_formats_LDADD)
tests_unit_naming_SOURCES = tests/unit/naming.c tests/unit/test.h
tests_unit_naming_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_naming_LDADD = $(tests_unit_formats_LDADD)
endif
