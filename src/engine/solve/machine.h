/* Machine: loops with the widest vectors that the machine has, chosen when the program
 * starts; without fused operations, so that every machine computes the same.  Not under
 * gcc's thread sanitizer, which is not ready when the choice is made, nor with clang
 * before 17, which makes the clones and not the name that others call. */
#ifndef STEMMA_ENGINE_MACHINE_H
#define STEMMA_ENGINE_MACHINE_H

#if defined __x86_64__ && defined __GLIBC__ && !defined __SANITIZE_THREAD__ && \
	(!defined __clang__ || __clang_major__ >= 17)
#define FOR_THIS_MACHINE __attribute__((target_clones("avx2", "default")))
#else
#define FOR_THIS_MACHINE
#endif

#endif
