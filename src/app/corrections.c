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
#include "stemma/formats/descriptions.h"

/* A file of the user's, and the key under which the cache remembers the state of it that
 * it agrees with. */
struct user_file {
	const char *variable, *name, *state_key;
	enum status (*put)(struct store *store, const char *path, const struct text *text, bool exists,
			   struct error *error);
};

static char *file_path(const struct user_file *file)
{
	const char *own = getenv(file->variable);

	return own && own[0] ? memory_string(own) : user_path("XDG_CONFIG_HOME", ".config", file->name);
}

/* Tells one state of the file from another: name, size and time; "" for none. */
static void append_stamp(const char *path, struct text *stamp)
{
	struct stat file;

	if (path && stat(path, &file) == 0)
		text_append_format(stamp, "%s %lld %lld.%09ld", path, (long long)file.st_size,
				   (long long)file.st_mtim.tv_sec, file.st_mtim.tv_nsec);
}

static bool agrees(struct store *store, const struct user_file *file, const char *stamp)
{
	char *known = store_get_state(store, file->state_key);
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

/* The edges of the file take the place of those of its earlier state. */
static enum status put_corrections(struct store *store, const char *path, const struct text *text, bool exists,
				   struct error *error)
{
	const struct corrections_sink sink = {.context = store, .add = put_edge, .drop = put_drop};
	enum status status = store_clear_corrections(store, error);

	return status == STATUS_OK && exists
		? corrections_read(text_string(text), text->length, path, &sink, error) : status;
}

/* A benchmark that is gone needs neither to be joined nor deleted again. */
static enum status put_description(void *context, const struct description *description, struct error *error)
{
	struct store *store = context;
	int64_t id = store_find_benchmark(store, description->facts.key);
	enum change change;
	enum status status;

	if (description->remove)
		return id > 0 ? store_drop_benchmark(store, id, error) : STATUS_OK;
	if (description->join) {
		int64_t into = store_find_benchmark(store, description->join);
		if (into <= 0)
			return error_set(error, STATUS_DATA, "%s is to become %s, which is no benchmark",
					 description->facts.key, description->join);
		return id > 0 && id != into ? store_join_benchmarks(store, id, into, error) : STATUS_OK;
	}
	status = store_put_benchmark(store, &description->facts, &change, error);
	if (status != STATUS_OK || description->hidden == ANSWER_UNKNOWN)
		return status;
	id = store_find_benchmark(store, description->facts.key);
	return store_hide_benchmark(store, id, description->hidden == ANSWER_YES, error);
}

/* What the file said earlier and does not now, stays as it is. */
static enum status put_descriptions(struct store *store, const char *path, const struct text *text, bool exists,
				    struct error *error)
{
	const struct descriptions_sink sink = {.context = store, .accept = put_description};

	return exists ? descriptions_read(text_string(text), text->length, path, &sink, error) : STATUS_OK;
}

/* Benchmarks come first: nothing in the other file speaks of them. */
static const struct user_file descriptions_file = {
	"STEMMA_BENCHMARKS", "benchmarks.yaml", "benchmarks", put_descriptions};
static const struct user_file corrections_file = {
	"STEMMA_CORRECTIONS", "corrections.yaml", "corrections", put_corrections};

char *corrections_path(void)
{
	return file_path(&corrections_file);
}

static enum status replace(struct store *store, const struct user_file *file, const char *path,
			   const struct text *text, const char *stamp, struct error *error)
{
	enum status status = store_begin(store, error);

	if (status != STATUS_OK)
		return status;
	status = file->put(store, path, text, stamp[0] != '\0', error);
	if (status == STATUS_OK)
		status = store_put_state(store, file->state_key, stamp, error);
	if (status == STATUS_OK)
		return store_commit(store, error);
	store_rollback(store);
	return status;
}

static enum status apply(struct store *store, const struct user_file *file, bool *changed, struct error *error)
{
	char *path = file_path(file);
	struct text stamp = {0}, text = {0};
	enum status status = STATUS_OK;

	append_stamp(path, &stamp);
	*changed = !agrees(store, file, text_string(&stamp));
	if (*changed && stamp.length > 0)
		status = read_file(path, &text, error);
	if (*changed && status == STATUS_OK)
		status = replace(store, file, path, &text, text_string(&stamp), error);
	if (status != STATUS_OK && error && !error->advice[0])
		error_advise(error, "correct the file, or move it away");
	text_free(&stamp);
	text_free(&text);
	free(path);
	return status;
}

enum status corrections_apply(struct store *store, bool *changed, struct error *error)
{
	bool described, corrected = false;
	enum status status = apply(store, &descriptions_file, &described, error);

	if (status == STATUS_OK)
		status = apply(store, &corrections_file, &corrected, error);
	*changed = described || corrected;
	return status;
}

/* What goes wrong here, writing the file tells. */
static void make_folder(const char *path)
{
	char *failed = NULL;

	folder_make_for(path, &failed);
	free(failed);
}

/* The file with its path, empty where there is none yet. */
static enum status file_open(char **path, struct text *text, struct error *error)
{
	*path = corrections_path();
	if (!*path)
		return error_set(error, STATUS_USAGE, "neither XDG_CONFIG_HOME nor HOME says where corrections are");
	if (access(*path, F_OK) == 0) {
		enum status status = read_file(*path, text, error);
		if (text->length > 0 && text->bytes[text->length - 1] != '\n')
			text_append(text, "\n");
		return status;
	}
	make_folder(*path);
	text_append(text, "# Corrections of the lineage: stemma(1) has the keys.\n");
	return STATUS_OK;
}

static enum status file_close(char *path, struct text *text, enum status status, struct error *error)
{
	if (status == STATUS_OK)
		status = write_file(path, text, true, error);
	text_free(text);
	free(path);
	return status;
}

enum status corrections_append(const struct edge_facts *edges, size_t count, struct error *error)
{
	struct text text = {0};
	char *path;
	enum status status = file_open(&path, &text, error);

	if (status == STATUS_OK)
		corrections_write(&text, edges, count);
	return file_close(path, &text, status, error);
}

enum status corrections_edit(const struct corrections_edit *edit, struct error *error)
{
	struct text text = {0};
	char *path;
	enum status status = file_open(&path, &text, error);

	if (status == STATUS_OK)
		corrections_write_edit(&text, edit);
	return file_close(path, &text, status, error);
}

enum status corrections_undo(struct error *error)
{
	struct text text = {0};
	char *path;
	enum status status = file_open(&path, &text, error);

	if (status == STATUS_OK && !corrections_cut(&text)) {
		error_set(error, STATUS_NO_INPUT, "there is no edit to take back");
		error_locate(error, path, 0, 0);
		status = error_advise(error, "the file is yours to change");
	}
	return file_close(path, &text, status, error);
}
