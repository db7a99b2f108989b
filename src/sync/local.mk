noinst_LIBRARIES += libsync.a
libsync_a_SOURCES = include/stemma/sync/http.h src/sync/http.c
libsync_a_CPPFLAGS = $(AM_CPPFLAGS) $(CURL_CFLAGS)
