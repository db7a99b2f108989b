# tests of src/app
if HAVE_CMOCKA
APP_TEST_LIBS = libapp.a libengine.a libstore.a libformats.a libsync.a libbase.a $(CMOCKA_LIBS) \
	$(CURL_LIBS) $(SQLITE_LIBS) $(YAML_LIBS) $(JANSSON_LIBS) $(ZLIB_LIBS) $(CHOLMOD_LIBS) \
	$(LAPACKE_LIBS) $(OPENBLAS_LIBS) -lm -lpthread
APP_TESTS = tests/unit/app_catalog tests/unit/app_import tests/unit/app_session \
	tests/unit/app_sketch tests/unit/app_sketch_kept tests/unit/app_job tests/unit/app_filter \
	tests/unit/app_wishes tests/unit/app_pack

check_PROGRAMS += $(APP_TESTS)
TESTS += $(APP_TESTS)
tests_unit_app_catalog_SOURCES = tests/unit/app_catalog.c tests/unit/app.h tests/unit/test.h
tests_unit_app_catalog_CPPFLAGS = $(UNIT_CPPFLAGS) -I$(top_srcdir)/src/app
tests_unit_app_catalog_LDADD = $(APP_TEST_LIBS)
tests_unit_app_pack_SOURCES = tests/unit/app_pack.c tests/unit/app.h tests/unit/test.h
tests_unit_app_pack_CPPFLAGS = $(UNIT_CPPFLAGS) -I$(top_srcdir)/src/app $(SQLITE_CFLAGS)
tests_unit_app_pack_LDADD = $(APP_TEST_LIBS)
tests_unit_app_filter_SOURCES = tests/unit/app_filter.c tests/unit/app_rows.h tests/unit/app.h tests/unit/test.h
tests_unit_app_filter_CPPFLAGS = $(UNIT_CPPFLAGS) -I$(top_srcdir)/src/app
tests_unit_app_filter_LDADD = $(APP_TEST_LIBS)
tests_unit_app_import_SOURCES = tests/unit/app_import.c tests/unit/app.h tests/unit/test.h
tests_unit_app_import_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_app_import_LDADD = $(APP_TEST_LIBS)
tests_unit_app_session_SOURCES = tests/unit/app_session.c tests/unit/app.h tests/unit/test.h
tests_unit_app_session_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_app_session_LDADD = $(APP_TEST_LIBS)
tests_unit_app_sketch_SOURCES = tests/unit/app_sketch.c tests/unit/app_sketch.h tests/unit/app.h tests/unit/test.h
tests_unit_app_sketch_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_app_sketch_LDADD = $(APP_TEST_LIBS)
tests_unit_app_sketch_kept_SOURCES = tests/unit/app_sketch_kept.c tests/unit/app_sketch.h tests/unit/app.h \
	tests/unit/test.h
tests_unit_app_sketch_kept_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_app_sketch_kept_LDADD = $(APP_TEST_LIBS)
tests_unit_app_job_SOURCES = tests/unit/app_job.c tests/unit/test.h
tests_unit_app_job_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_app_job_LDADD = $(APP_TEST_LIBS)
tests_unit_app_wishes_SOURCES = tests/unit/app_wishes.c tests/unit/app_rows.h tests/unit/app.h tests/unit/test.h
tests_unit_app_wishes_CPPFLAGS = $(UNIT_CPPFLAGS) -I$(top_srcdir)/src/app
tests_unit_app_wishes_LDADD = $(APP_TEST_LIBS)
endif
