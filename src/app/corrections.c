#include "stemma/app/corrections.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stemma/base/folder.h"
#include "stemma/base/memory.h"
#include "stemma/base/read_file.h"
#include "stemma/base/text.h"
#include "stemma/base/user_path.h"
#include "stemma/base/write_file.h"
#include "stemma/formats/corrections.h"

/* What the cache remembers of the file that it agrees with. */
#define STATE_KEY "corrections"

char *corrections_path(void)
{
	const char *own = getenv("STEMMA_CORRECTIONS");

	return own && own[0] ? memory_string(own)
			     : user_path("XDG_CONFIG_HOME", ".config", "corrections.yaml");
}

/* Tells one state of the file from another: name, size and time; "" for none. */
static void append_stamp(const char *path, struct text *stamp)
{
	struct stat file;

	if (path && stat(path, &file) == 0)
		text_append_format(stamp, "%s %lld %lld.%09ld", path, (long long)file.st_size,
				   (long long)file.st_mtim.tv_sec, file.st_mtim.tv_nsec);
}

static bool agrees(struct store *store, const char *stamp)
{
	char *known = store_get_state(store, STATE_KEY);
	bool same = strcmp(known ? known : "", stamp) == 0;

	free(known);
	return same;
}

static enum status put_edge(void *context, const struct edge_facts *edge, struct error *error)
{
	enum change change;

	return store_put_edge(context, edge, &change, error);
}

static enum status put_drop(void *context, const struct drop_facts *drop, struct error *error)
{
	return store_put_drop(context, drop, error);
}

static enum status replace(struct store *store, const char *path, const struct text *text,
			   const char *stamp, struct error *error)
{
	const struct corrections_sink sink = {.context = store, .add = put_edge, .drop = put_drop};
	enum status status = store_begin(store, error);

	if (status != STATUS_OK)
		return status;
	status = store_clear_corrections(store, error);
	if (status == STATUS_OK && stamp[0])
		status = corrections_read(text_string(text), text->length, path, &sink, error);
	if (status == STATUS_OK)
		status = store_put_state(store, STATE_KEY, stamp, error);
	if (status == STATUS_OK)
		return store_commit(store, error);
	store_rollback(store);
	return status;
}

enum status corrections_apply(struct store *store, bool *changed, struct error *error)
{
	char *path = corrections_path();
	struct text stamp = {0}, text = {0};
	enum status status = STATUS_OK;

	append_stamp(path, &stamp);
	*changed = !agrees(store, text_string(&stamp));
	if (*changed && stamp.length > 0)
		status = read_file(path, &text, error);
	if (*changed && status == STATUS_OK)
		status = replace(store, path, &text, text_string(&stamp), error);
	if (status != STATUS_OK && error && !error->advice[0])
		error_advise(error, "correct the file, or move it away");
	text_free(&stamp);
	text_free(&text);
	free(path);
	return status;
}

/* What goes wrong here, writing the file tells. */
static void make_folder(const char *path)
{
	char *failed = NULL;

	folder_make_for(path, &failed);
	free(failed);
}

enum status corrections_append(const struct edge_facts *edges, size_t count, struct error *error)
{
	char *path = corrections_path();
	struct text text = {0};
	enum status status;

	if (!path)
		return error_set(error, STATUS_USAGE, "neither XDG_CONFIG_HOME nor HOME says where corrections are");
	if (access(path, F_OK) == 0) {
		status = read_file(path, &text, error);
	} else {
		status = STATUS_OK;
		make_folder(path);
		text_append(&text, "# Corrections of the lineage: stemma(1) has the keys.\n");
	}
	if (text.length > 0 && text.bytes[text.length - 1] != '\n')
		text_append(&text, "\n");
	corrections_write(&text, edges, count);
	if (status == STATUS_OK)
		status = write_file(path, &text, true, error);
	text_free(&text);
	free(path);
	return status;
}
