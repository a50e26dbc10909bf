/* The intrinsics of SSE that minimp3.h uses, as those of WebAssembly's SIMD. */
#include <wasm_simd128.h>

typedef float __m128 __attribute__((__vector_size__(16)));
typedef long long __m64;

#define _mm_loadu_ps(p) ((__m128)wasm_v128_load(p))
#define _mm_storeu_ps(p, v) wasm_v128_store(p, (v128_t)(v))
#define _mm_store_ss(p, v) wasm_v128_store32_lane(p, (v128_t)(v), 0)
#define _mm_storel_pi(p, v) wasm_v128_store64_lane(p, (v128_t)(v), 0)
#define _mm_set1_ps(x) ((__m128)wasm_f32x4_splat(x))
#define _mm_add_ps(a, b) ((a) + (b))
#define _mm_sub_ps(a, b) ((a) - (b))
#define _mm_mul_ps(a, b) ((a) * (b))
#define _MM_SHUFFLE(d, c, b, a) d, c, b, a
#define _mm_shuffle_ps(x, y, lanes) shuffle_lanes(x, y, lanes)
#define shuffle_lanes(x, y, d, c, b, a) __builtin_shufflevector(x, y, a, b, (c) + 4, (d) + 4)

/* These are in mp3dec_f32_to_s16 alone, which nothing calls. */
typedef v128_t __m128i;
#define _mm_min_ps(a, b) ((__m128)wasm_f32x4_min((v128_t)(a), (v128_t)(b)))
#define _mm_max_ps(a, b) ((__m128)wasm_f32x4_max((v128_t)(a), (v128_t)(b)))
#define _mm_cvtps_epi32(v) wasm_i32x4_trunc_sat_f32x4((v128_t)(v))
#define _mm_packs_epi32(a, b) wasm_i16x8_narrow_i32x4(a, b)
#define _mm_extract_epi16(v, i) wasm_i16x8_extract_lane(v, i)
