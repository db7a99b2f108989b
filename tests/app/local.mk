# tests of src/app
if HAVE_CMOCKA
APP_TEST_LIBS = libapp.a libengine.a libstore.a libformats.a libsync.a libbase.a $(CMOCKA_LIBS) \
	$(CURL_LIBS) $(SQLITE_LIBS) $(YAML_LIBS) $(JANSSON_LIBS) $(ZLIB_LIBS) $(CHOLMOD_LIBS) \
	$(LAPACKE_LIBS) $(OPENBLAS_LIBS) -lm -lpthread
APP_TESTS = tests/app/catalog tests/app/import tests/app/session \
	tests/app/sketch tests/app/sketch_kept tests/app/job tests/app/filter \
	tests/app/wishes tests/app/pack tests/app/front

check_PROGRAMS += $(APP_TESTS)
TESTS += $(APP_TESTS)
tests_app_catalog_SOURCES = tests/app/catalog.c tests/app/app.h tests/test.h
tests_app_catalog_CPPFLAGS = $(UNIT_CPPFLAGS) -I$(top_srcdir)/src/app
tests_app_catalog_LDADD = $(APP_TEST_LIBS)
tests_app_front_SOURCES = tests/app/front.c tests/test.h
tests_app_front_CPPFLAGS = $(UNIT_CPPFLAGS) -I$(top_srcdir)/src/app
tests_app_front_LDADD = $(APP_TEST_LIBS)
tests_app_pack_SOURCES = tests/app/pack.c tests/app/app.h tests/test.h
tests_app_pack_CPPFLAGS = $(UNIT_CPPFLAGS) -I$(top_srcdir)/src/app $(SQLITE_CFLAGS)
tests_app_pack_LDADD = $(APP_TEST_LIBS)
tests_app_filter_SOURCES = tests/app/filter.c tests/app/rows.h tests/app/app.h tests/test.h
tests_app_filter_CPPFLAGS = $(UNIT_CPPFLAGS) -I$(top_srcdir)/src/app
tests_app_filter_LDADD = $(APP_TEST_LIBS)
tests_app_import_SOURCES = tests/app/import.c tests/app/app.h tests/test.h
tests_app_import_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_app_import_LDADD = $(APP_TEST_LIBS)
tests_app_session_SOURCES = tests/app/session.c tests/app/app.h tests/test.h
tests_app_session_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_app_session_LDADD = $(APP_TEST_LIBS)
tests_app_sketch_SOURCES = tests/app/sketch.c tests/app/sketch.h tests/app/app.h tests/test.h
tests_app_sketch_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_app_sketch_LDADD = $(APP_TEST_LIBS)
tests_app_sketch_kept_SOURCES = tests/app/sketch_kept.c tests/app/sketch.h tests/app/app.h \
	tests/test.h
tests_app_sketch_kept_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_app_sketch_kept_LDADD = $(APP_TEST_LIBS)
tests_app_job_SOURCES = tests/app/job.c tests/test.h
tests_app_job_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_app_job_LDADD = $(APP_TEST_LIBS)
tests_app_wishes_SOURCES = tests/app/wishes.c tests/app/rows.h tests/app/app.h tests/test.h
tests_app_wishes_CPPFLAGS = $(UNIT_CPPFLAGS) -I$(top_srcdir)/src/app
tests_app_wishes_LDADD = $(APP_TEST_LIBS)
endif
