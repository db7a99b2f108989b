/* Memory: of stemma, of libyaml, and of the other libraries. */
#include "failing_private.h"

#include <pthread.h>
#include <stdlib.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);

/* A sanitizer has an allocator of its own, and finds what is left by itself. */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define OWN_ALLOCATOR 0
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OWN_ALLOCATOR 0
#endif
#endif
#ifndef OWN_ALLOCATOR
#ifdef __GLIBC__
#define OWN_ALLOCATOR 1
#else
#define OWN_ALLOCATOR 0
#endif
#endif

/* ---- what stemma has not given back ---------------------------------------------- */

/* Blocks by their address; one that libraries free is struck out as well.  A small
 * table, without gaps within a run of entries: each process copies what it touches. */
#define BLOCKS_MAX ((size_t)1 << 17)
static void *blocks[BLOCKS_MAX];
static long block_count;
static pthread_mutex_t block_lock = PTHREAD_MUTEX_INITIALIZER;

static size_t block_place(const void *block)
{
	return (size_t)((uintptr_t)block >> 4) * 0x9E3779B97F4A7C15u >> 47;
}

/* Where it is, or else is to be. */
static size_t find_block(const void *block)
{
	size_t at = block_place(block);

	while (blocks[at] && blocks[at] != block)
		at = (at + 1) % BLOCKS_MAX;
	return at;
}

static void *note_block(void *block)
{
	if (!block || !OWN_ALLOCATOR)
		return block;
	pthread_mutex_lock(&block_lock);
	blocks[find_block(block)] = block;
	if (++block_count > (long)BLOCKS_MAX / 2)
		abort(); /* make it larger */
	pthread_mutex_unlock(&block_lock);
	return block;
}

/* Those behind it move up. */
static void close_gap(size_t gap)
{
	for (size_t at = (gap + 1) % BLOCKS_MAX; blocks[at]; at = (at + 1) % BLOCKS_MAX) {
		size_t home = block_place(blocks[at]);
		if ((at - home) % BLOCKS_MAX < (at - gap) % BLOCKS_MAX)
			continue;
		blocks[gap] = blocks[at];
		gap = at;
	}
	blocks[gap] = NULL;
}

static void strike_block(const void *block)
{
	if (!block || !OWN_ALLOCATOR)
		return;
	pthread_mutex_lock(&block_lock);
	size_t at = find_block(block);
	if (blocks[at]) {
		close_gap(at);
		block_count--;
	}
	pthread_mutex_unlock(&block_lock);
}

long failing_blocks(void)
{
	return block_count;
}

/* ---- stemma's ----------------------------------------------------------------------- */

#if OWN_ALLOCATOR
/* glibc's own names for them. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);
#define REAL(name) __libc_##name
#else
#define REAL(name) __real_##name
#endif

void *__wrap_malloc(size_t size)
{
	return failing_now(FAILING_MEMORY) ? WITH(ENOMEM, NULL) : note_block(REAL(malloc)(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
	return failing_now(FAILING_MEMORY) ? WITH(ENOMEM, NULL) : note_block(REAL(calloc)(count, size));
}

void *__wrap_realloc(void *block, size_t size)
{
	if (failing_now(FAILING_MEMORY))
		return WITH(ENOMEM, NULL);
	strike_block(block);
	return note_block(REAL(realloc)(block, size));
}

/* ---- libyaml's ------------------------------------------------------------------------ */

void *yaml_malloc(size_t size);
void *yaml_realloc(void *block, size_t size);

void *yaml_malloc(size_t size)
{
	return failing_now(FAILING_YAML) ? NULL : REAL(malloc)(size ? size : 1);
}

void *yaml_realloc(void *block, size_t size)
{
	return failing_now(FAILING_YAML) ? NULL : REAL(realloc)(block, size ? size : 1);
}

/* ---- the other libraries' -------------------------------------------------------------- */

static _Thread_local bool passing;

void failing_pass(bool on)
{
	passing = on;
}

#if OWN_ALLOCATOR
static bool library_fails(void)
{
	return !passing && failing_now(FAILING_LIBRARY);
}

void *malloc(size_t size)
{
	return library_fails() ? WITH(ENOMEM, NULL) : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return library_fails() ? WITH(ENOMEM, NULL) : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
	if (library_fails())
		return WITH(ENOMEM, NULL);
	strike_block(block);
	return __libc_realloc(block, size);
}

void free(void *block)
{
	strike_block(block);
	__libc_free(block);
}
#endif
