/* What minimp3.h needs of a C library: the compiler's own, which are instructions of WebAssembly. */
#define memcpy __builtin_memcpy
#define memset __builtin_memset
#define memmove __builtin_memmove
