#include "world.h"

#include <unistd.h>

/* ---- the small cache -------------------------------------------------------------- */

static const char models[] =
	"model,kind,architecture,params_b,license,uploaded,chat_template,ifeval,bbh,gpqa,musr,mmlu_pro\n"
	"n/Oak-7B,pretrained,OakForCausalLM,7.2,apache-2.0,2023-09-20,no,23.9,22,5.6,10.7,22.4\n"
	"n/Oak-7B-Chat,chat,OakForCausalLM,7.2,apache-2.0,2023-12-11,yes,54.9,22.9,3.5,7.6,19.1\n"
	"r/Oak-2.5,finetuned,OakForCausalLM,7.2,mit,2023-10-29,yes,55.7,27.8,4.5,12.1,22.8\n"
	"r/Oak-3,finetuned,OakForCausalLM,7.2,mit,2024-01-07,yes,59.7,24,7.7,11.8,25.5\n"
	"s/Elm-8B,pretrained,ElmForCausalLM,8,other,2024-04-18,no,15.5,26.4,7.4,6.2,24.6\n"
	"s/Elm-8B-Chat,chat,ElmForCausalLM,8,other,2024-04-18,yes,74.1,28.2,1.2,1.6,29.6\n"
	"s/Elm-8B-Tuned,finetuned,ElmForCausalLM,8,other,2024-05-02,yes,61.2,27.7,5.1,8.8,28.1\n"
	"m/Oak-slerp,merge,OakForCausalLM,7.2,mit,2024-02-02,no,50.1,27,6.1,13.3,24.2\n"
	"m/Oak-ties,merge,OakForCausalLM,7.2,mit,2024-02-09,yes,52.2,26,5.9,12.2,23.7\n"
	"m/Oak-new,merge,OakForCausalLM,7.2,\xe6\xa9\xa1-e\xcc\x81,2024-03-09,yes,51.2,25,5.2,11.2,23.1\n";
static const char edges[] =
	"child,parent,relation,weight,method\n"
	"n/Oak-7B-Chat,n/Oak-7B,finetune,,\n"
	"r/Oak-2.5,n/Oak-7B,finetune,,\n"
	"r/Oak-3,r/Oak-2.5,finetune,,\n"
	"s/Elm-8B-Chat,s/Elm-8B,finetune,,\n"
	"s/Elm-8B-Tuned,s/Elm-8B,finetune,,\n"
	"m/Oak-slerp,r/Oak-2.5,merge,0.5,slerp\n"
	"m/Oak-slerp,n/Oak-7B-Chat,merge,0.5,slerp\n"
	"m/Oak-ties,r/Oak-3,merge,0.7,ties\n"
	"m/Oak-ties,m/Oak-slerp,merge,0.3,ties\n"
	"m/unknown,m/Oak-ties,quantized,,\n";

/* Where the caches are; TMPDIR may be a folder in memory. */
struct world {
	char folder[160], path[192];
	uint8_t *bytes;
	size_t size;
	pid_t owner;
};
static struct world world;

static void world_end(void)
{
	static const char *const ends[] = {"", "-wal", "-shm", "-journal"};

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		char name[224];
		snprintf(name, sizeof name, "%s%s", world.path, ends[i]);
		remove(name);
	}
}

static void world_remove(void)
{
	if (getpid() != world.owner) /* a child that ends */
		return;
	world_end();
	rmdir(world.folder);
	free(world.bytes);
}

static void import_written(struct store *store, const char *text)
{
	struct import_report report = {0};
	struct error error = {0};
	char path[FUZZ_PATH];
	int file = fuzz_file(text, strlen(text), path);

	FUZZ_CHECK(import_file(store, path, NULL, &report, &error) == STATUS_OK);
	FUZZ_CHECK(report.rejected == 0);
	import_report_free(&report);
	close(file);
}

static void read_bytes(void)
{
	FILE *file = fopen(world.path, "rb");

	FUZZ_CHECK(file && fseek(file, 0, SEEK_END) == 0);
	world.size = (size_t)ftell(file);
	world.bytes = malloc(world.size);
	rewind(file);
	FUZZ_CHECK(world.bytes && fread(world.bytes, 1, world.size, file) == world.size);
	fclose(file);
}

/* The models, also packed, and a fit of them, so that no input has to learn it again. */
static void world_make(void)
{
	struct session *session;
	struct error error = {0};

	const char *base = getenv("TMPDIR");

	setenv("OPENBLAS_NUM_THREADS", "1", 1);
	setenv("HF_HUB_OFFLINE", "1", 1); /* a sync by keys says so and ends */
	snprintf(world.folder, sizeof world.folder, "%s/stemma-fuzz-XXXXXX", base ? base : "/tmp");
	FUZZ_CHECK(mkdtemp(world.folder));
	snprintf(world.path, sizeof world.path, "%s/c.db", world.folder);
	world.owner = getpid();
	atexit(world_remove);
	FUZZ_CHECK(chdir(world.folder) == 0);
	FUZZ_CHECK(session_open(world.path, true, NULL, NULL, &session, &error) == STATUS_OK);
	import_written(session->store, models);
	import_written(session->store, edges);
	FUZZ_CHECK(session_reload(session, &error) == STATUS_OK);
	FUZZ_CHECK(session_fit(session, &(const struct engine_settings){.prior = PRIOR_KIN}, false, NULL,
			       &error) == STATUS_OK);
	FUZZ_CHECK(catalog_pack(session->catalog, session->store, NULL, &error) == STATUS_OK);
	session_close(session);
	read_bytes();
}

const uint8_t *world_bytes(size_t *size)
{
	if (!world.bytes)
		world_make();
	*size = world.size;
	return world.bytes;
}

const char *world_put(const void *bytes, size_t size)
{
	world_end();
	FILE *file = fopen(world.path, "wb");
	FUZZ_CHECK(file && (size == 0 || fwrite(bytes, 1, size, file) == size));
	FUZZ_CHECK(fclose(file) == 0);
	return world.path;
}

const char *world_cache(void)
{
	size_t size;
	const uint8_t *bytes = world_bytes(&size);

	return world_put(bytes, size);
}

struct session *world_session(void)
{
	static struct session *session;
	struct error error = {0};

	if (!session)
		FUZZ_CHECK(session_open(world_cache(), true, NULL, NULL, &session, &error) == STATUS_OK);
	return session;
}
