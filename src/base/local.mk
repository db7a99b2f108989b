noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = \
	include/stemma/base/clock.h src/base/clock.c \
	include/stemma/base/error.h src/base/error.c \
	include/stemma/base/facts.h src/base/facts.c \
	include/stemma/base/folder.h src/base/folder.c \
	include/stemma/base/fuzzy.h src/base/fuzzy.c \
	include/stemma/base/hash.h \
	include/stemma/base/memory.h src/base/memory.c \
	include/stemma/base/number.h src/base/number.c \
	include/stemma/base/parallel.h src/base/parallel.c \
	include/stemma/base/picture.h src/base/picture.c src/base/picture_axis.c src/base/picture_canvas.h src/base/picture_canvas.c src/base/picture_text.c src/base/picture_svg.c \
	include/stemma/base/progress.h src/base/progress.c \
	include/stemma/base/read_file.h src/base/read_file.c \
	include/stemma/base/suggest.h src/base/suggest.c \
	include/stemma/base/survey.h src/base/survey.c \
	include/stemma/base/text.h src/base/text.c \
	include/stemma/base/user_path.h src/base/user_path.c \
	include/stemma/base/utf8.h src/base/utf8.c \
	include/stemma/base/write_file.h src/base/write_file.c
