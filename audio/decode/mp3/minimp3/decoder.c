/*
 * One frame of MPEG audio layer III in, its samples out. Package mp3 finds the frames and knows their
 * headers; minimp3 decodes what is in them. Nothing here asks for memory or calls anything outside.
 */
#define __x86_64__ 1 /* takes minimp3's code with SIMD, whose intrinsics include/immintrin.h has */
#define __SSE2__ 1
#define MINIMP3_IMPLEMENTATION
#define MINIMP3_ONLY_MP3
#define MINIMP3_FLOAT_OUTPUT

static int overrun; /* overrun.patch: the values of a granule went on beyond its bits */
#include "minimp3-patched.h"

#define EXPORT(name) __attribute__((export_name(name)))

static mp3dec_t state;
static mp3dec_scratch_t work;
static uint8_t frame[MAX_L3_FRAME_PAYLOAD_BYTES + 64];
static float samples[2 * 1152];

/* Where a frame is to be put, and where its samples are then: interleaved, full scale 1.0. */
EXPORT("frame") uint8_t *frame_at(void) { return frame; }
EXPORT("samples") float *samples_at(void) { return samples; }

/* What decode finds wrong. The numbers are those of package mp3. */
enum {
    BAD_SIDE_INFO = 1, /* the description of the frame contradicts itself */
    NO_RESERVOIR = 2,  /* it builds on bytes of frames before, which are not there */
    OVERRUN = 3        /* its values do not fit into its bits */
};

static void granule(int igr, int channels, int heard)
{
    memset(work.grbuf, 0, sizeof work.grbuf);
    if (heard)
    {
        L3_decode(&state, &work, work.gr_info + igr * channels, channels);
    } else
    {
        for (int ch = 0; ch < channels; ch++)
        {
            L3_imdct_gr(work.grbuf[ch], state.mdct_overlap[ch], 0, 0);
            L3_change_sign(work.grbuf[ch]);
        }
    }
    mp3d_synth_granule(state.qmf_state, work.grbuf[0], 18, channels, samples + igr * 576 * channels, work.syn[0]);
}

/* forget makes the next frame the first one of a stream. */
EXPORT("forget") void forget(void) { memset(&state, 0, sizeof state); }

/*
 * decode takes the frame of n bytes that was put, of which the first four are a header that package mp3
 * has accepted, and says what is wrong with it. Where something is, what was heard before dies away and
 * the rest is silent. n is 4 for a frame that is lost: later ones cannot build on its bytes.
 */
EXPORT("decode") int decode(int n)
{
    bs_t bits[1];
    int channels = HDR_IS_MONO(frame) ? 1 : 2, granules = HDR_TEST_MPEG1(frame) ? 2 : 1;
    int side = granules == 2 ? (channels == 2 ? 32 : 17) : (channels == 2 ? 17 : 9);
    int begin, wrong = 0, before = HDR_SIZE + (HDR_IS_CRC(frame) ? 2 : 0);

    memcpy(state.header, frame, HDR_SIZE);
    if (n < before + side)
    {
        for (int igr = 0; igr < granules; igr++)
        {
            granule(igr, channels, 0);
        }
        state.reserv = 0;
        return BAD_SIDE_INFO;
    }
    bs_init(bits, frame + before, n - before);
    begin = L3_read_side_info(bits, work.gr_info, frame);
    bits->pos = side * 8;
    if (begin < 0)
    {
        wrong = BAD_SIDE_INFO;
        begin = MAX_BITRESERVOIR_BYTES;
    }
    if (!L3_restore_reservoir(&state, bits, &work, begin) && !wrong)
    {
        wrong = NO_RESERVOIR;
    }
    overrun = 0;
    for (int igr = 0; igr < granules; igr++)
    {
        granule(igr, channels, !wrong);
        wrong = overrun ? OVERRUN : wrong;
    }
    if (wrong)
    {
        work.bs.pos = 0; /* later frames may build on any of its bytes */
    }
    L3_save_reservoir(&state, &work);
    return wrong;
}
