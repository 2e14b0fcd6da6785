// Reads a packed encoder and runs it, layer by layer.
#include <stdlib.h>
#include <string.h>

#include "conformer_run.h"

// Gives out the parts of a packed encoder, each aligned to 64 bytes.
typedef struct {
    const char *next, *end;
    bool fits;
} reader;

static const void *take(reader *reader, size_t count) {
    const size_t padded = (count + 63) / 64 * 64;
    if (!reader->fits || padded > (size_t)(reader->end - reader->next)) {
        reader->fits = false;
        return NULL;
    }
    const void *part = reader->next;
    reader->next += padded;
    return part;
}

static conformer_linear take_linear(reader *reader, size_t inputs, size_t outputs) {
    conformer_linear layer = {.inputs = inputs, .panels = panels(outputs)};
    const size_t columns = layer.panels * CONFORMER_PANEL;
    layer.weights = take(reader, columns * inputs);
    layer.scales = take(reader, columns * sizeof(float));
    layer.bias = take(reader, columns * sizeof(float));
    layer.sums = take(reader, columns * sizeof(int32_t));
    return layer;
}

static conformer_norm take_norm(reader *reader, size_t channels) {
    conformer_norm norm;
    norm.gain = take(reader, channels * sizeof(float));
    norm.bias = take(reader, channels * sizeof(float));
    return norm;
}

static conformer_layer take_layer(reader *reader, size_t channels, size_t inner) {
    conformer_layer layer;
    layer.first_norm = take_norm(reader, channels);
    layer.first_up = take_linear(reader, channels, inner);
    layer.first_down = take_linear(reader, inner, channels);
    layer.attention_norm = take_norm(reader, channels);
    layer.query = take_linear(reader, channels, channels);
    layer.key = take_linear(reader, channels, channels);
    layer.value = take_linear(reader, channels, channels);
    layer.output = take_linear(reader, channels, channels);
    layer.convolution_norm = take_norm(reader, channels);
    layer.gated = take_linear(reader, channels, 2 * panels(channels) * CONFORMER_PANEL);
    layer.depthwise = take(reader, CONFORMER_TAPS * channels * sizeof(float));
    layer.depthwise_bias = take(reader, channels * sizeof(float));
    layer.inner_norm = take_norm(reader, channels);
    layer.convolution_output = take_linear(reader, channels, channels);
    layer.second_norm = take_norm(reader, channels);
    layer.second_up = take_linear(reader, channels, inner);
    layer.second_down = take_linear(reader, inner, channels);
    layer.norm = take_norm(reader, channels);
    return layer;
}

conformer *conformer_open(const void *bytes, size_t count) {
    reader reader = {bytes, (const char *)bytes + count, true};
    const uint32_t *header = take(&reader, 64);
    static const char magic[16] = "gigastt kernels";
    if (!header || memcmp(header, magic, sizeof magic) != 0 || header[4] != CONFORMER_FORM) return NULL;
    const size_t channels = header[5], inner = header[6], heads = header[7], layers = header[8];
    const size_t positions = header[9], samples = header[10];
    const size_t head = heads ? channels / heads : 0;
    if (!channels || !inner || !head || channels > CONFORMER_LARGEST || inner > 8 * CONFORMER_LARGEST
        || channels % 16 || inner % 16 || channels % heads || head % 16 || head > CONFORMER_HEAD || !layers
        || layers > 256 || !positions || positions > 1 << 16 || samples > 1 << 12)
        return NULL;
    conformer *encoder = calloc(1, sizeof *encoder + layers * sizeof *encoder->layers);
    if (!encoder) return NULL;
    encoder->channels = channels, encoder->inner = inner, encoder->heads = heads, encoder->layer_count = layers;
    encoder->positions = positions, encoder->samples = samples;
    encoder->features = take(&reader, samples * BANDS * sizeof(float));
    encoder->encoded = take(&reader, conformer_frames(samples) * channels * sizeof(float));
    encoder->cosine = take(&reader, positions * head / 2 * sizeof(float));
    encoder->sine = take(&reader, positions * head / 2 * sizeof(float));
    encoder->first = take(&reader, CONFORMER_TAPS * BANDS * channels * sizeof(float));
    encoder->first_bias = take(&reader, channels * sizeof(float));
    encoder->second = take_linear(&reader, CONFORMER_TAPS * channels, channels);
    for (size_t layer = 0; layer < layers; layer++)
        encoder->layers[layer] = take_layer(&reader, channels, inner);
    if (reader.fits && reader.next == reader.end) return encoder;
    free(encoder);
    return NULL;
}

void conformer_close(conformer *encoder) { free(encoder); }

size_t conformer_channels(const conformer *encoder) { return encoder->channels; }

size_t conformer_longest(const conformer *encoder) { return 4 * encoder->positions; }

size_t conformer_frames(size_t count) { return (count + 3) / 4; }

size_t conformer_sample(const conformer *encoder, const float **features, const float **encoded) {
    *features = encoder->features, *encoded = encoder->encoded;
    return encoder->samples;
}

// The memory of a run, in one piece: sizes first, then places.
static char *place(char *base, size_t *used, size_t count) {
    char *start = base ? base + *used : NULL;
    *used += (count + 63) / 64 * 64;
    return start;
}

static size_t lay_out(run *run, char *base) {
    const conformer *encoder = run->encoder;
    const size_t frames = run->frames, width = run->width, wide = run->inner_width;
    size_t used = 0;
    run->padded = (float *)place(base, &used, (run->count + 8) * BANDS * sizeof(float));
    run->halved = (float *)place(base, &used, run->half_count * encoder->channels * sizeof(float));
    run->low = (float *)place(base, &used, run->half_count * sizeof(float));
    run->high = (float *)place(base, &used, run->half_count * sizeof(float));
    run->half_steps = (uint8_t *)place(base, &used, (run->half_count + 8) * encoder->channels);
    run->trunk = (float *)place(base, &used, frames * width * sizeof(float));
    run->inner = (float *)place(base, &used, frames * wide * sizeof(float));
    run->gated = (float *)place(base, &used, (frames + 4) * width * sizeof(float));
    run->query = (uint16_t *)place(base, &used, frames * width * sizeof(uint16_t));
    run->key = (uint16_t *)place(base, &used, frames * width * sizeof(uint16_t));
    run->value = (uint16_t *)place(base, &used, frames * width * sizeof(uint16_t));
    run->wide.values = (uint8_t *)place(base, &used, frames * wide);
    run->narrow.values = (uint8_t *)place(base, &used, frames * width);
    run->wide.scales = (float *)place(base, &used, frames * sizeof(float));
    run->narrow.scales = (float *)place(base, &used, frames * sizeof(float));
    run->wide.zeros = (int32_t *)place(base, &used, frames * sizeof(int32_t));
    run->narrow.zeros = (int32_t *)place(base, &used, frames * sizeof(int32_t));
    run->space_size = (conformer_attention_space(frames, encoder->channels / encoder->heads) + 63) / 64 * 64;
    run->space = place(base, &used, encoder->heads * run->space_size);
    return used;
}

int conformer_encode(const conformer *encoder, const conformer_kernels *kernels, conformer_team *team,
                     const float *features, size_t count, float *y, bool (*is_cancelled)(void *), void *context) {
    run run = {.encoder = encoder, .kernels = kernels, .team = team, .count = count};
    run.half_count = (count + 1) / 2, run.frames = conformer_frames(count);
    run.width = panels(encoder->channels) * CONFORMER_PANEL;
    run.inner_width = panels(encoder->inner) * CONFORMER_PANEL;
    if (run.inner_width < run.width) run.inner_width = run.width;
    void *memory = NULL;
    if (posix_memalign(&memory, 64, lay_out(&run, NULL) + 64) != 0) return 2;
    lay_out(&run, memory);
    conformer_team_enter(team);
    run_subsampling(&run, features);
    bool cancelled = false;
    for (size_t layer = 0; layer < encoder->layer_count && !cancelled; layer++) {
        run_layer(&run, layer);
        cancelled = is_cancelled && is_cancelled(context);
    }
    conformer_team_leave(team);
    for (size_t t = 0; t < run.frames && !cancelled; t++)
        memcpy(y + t * encoder->channels, run.trunk + t * run.width, encoder->channels * sizeof(float));
    free(memory);
    return cancelled;
}
