noinst_LIBRARIES += libstore.a
libstore_a_SOURCES = \
	include/stemma/store/store.h \
	src/store/database.h src/store/database.c \
	src/store/inspect.h src/store/inspect.c src/store/open.c src/store/transaction.c \
	src/store/model.h src/store/model.c \
	src/store/put.c src/store/alias.c \
	src/store/registry_type.h src/store/registry.h src/store/registry.c \
	src/store/scale.h src/store/scale.c src/store/evaluation.c src/store/benchmark.c \
	src/store/observation.c src/store/boards.c \
	src/store/read.c src/store/keep.c src/store/outcomes.c src/store/check.c src/store/flags.c src/store/foretold.c src/store/corrections.c \
	src/store/sync.c src/store/packed.c src/store/imports.h src/store/imports.c
nodist_libstore_a_SOURCES = src/store/schema.h
libstore_a_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_builddir)/src/store $(SQLITE_CFLAGS)
EXTRA_DIST += src/store/schema.sql src/store/schema_2.sql src/store/schema_3.sql \
	src/store/schema_4.sql src/store/schema_5.sql src/store/schema_6.sql src/store/schema_7.sql \
	src/store/schema_8.sql

# Each step of the schema as one C string, longer than the standard promises to
# take, named as its file.
SCHEMA_STEPS = schema schema_2 schema_3 schema_4 schema_5 schema_6 schema_7 schema_8
BUILT_SOURCES += src/store/schema.h
CLEANFILES += src/store/schema.h
src/store/schema.h: $(top_srcdir)/src/store/schema.sql $(top_srcdir)/src/store/schema_2.sql \
		$(top_srcdir)/src/store/schema_3.sql $(top_srcdir)/src/store/schema_4.sql $(top_srcdir)/src/store/schema_5.sql \
		$(top_srcdir)/src/store/schema_6.sql $(top_srcdir)/src/store/schema_7.sql $(top_srcdir)/src/store/schema_8.sql
	$(AM_V_GEN)$(MKDIR_P) src/store && { \
	echo '#pragma GCC diagnostic push'; \
	echo '#pragma GCC diagnostic ignored "-Woverlength-strings"'; \
	for step in $(SCHEMA_STEPS); do \
	echo "static const char $${step}_sql[] ="; \
	$(SED) -e 's/[\\"]/\\&/g' -e 's/^/"/' -e 's/$$/\\n"/' $(top_srcdir)/src/store/$$step.sql; \
	echo ';'; done; \
	echo '#pragma GCC diagnostic pop'; } >$@.tmp && mv $@.tmp $@
src/store/libstore_a-open.$(OBJEXT): src/store/schema.h
