"""Tiny GGUF files with random weights of the kinds of models that keep a prefix differently, and of realistic quantized ones."""

import gguf
import numpy as np

from offline_digest.engines.llama.shapes import _vocabulary

WIDTH, VOCABULARY, LAYERS, WINDOW = 64, 1000, 4, 32
INNER, STATE, RANK = 128, 8, 4


class _File:
    def __init__(self, path, architecture):
        self.writer = gguf.GGUFWriter(path, architecture)
        self.random = np.random.default_rng(0)
        tokens = _vocabulary("four probes disagree and a filter compares them".split(), VOCABULARY)
        add = self.writer
        add.add_block_count(LAYERS)
        add.add_context_length(4096)
        add.add_embedding_length(WIDTH)
        add.add_feed_forward_length(2 * WIDTH)
        add.add_head_count(4)
        add.add_layer_norm_rms_eps(1e-6)
        add.add_vocab_size(VOCABULARY)
        add.add_tokenizer_model("llama")
        add.add_token_list([t.text for t in tokens])
        add.add_token_scores([t.score for t in tokens])
        add.add_token_types([int(t.kind) for t in tokens])
        add.add_bos_token_id(1)
        add.add_eos_token_id(2)
        self.put("token_embd.weight", VOCABULARY, WIDTH)
        self.ones("output_norm.weight", WIDTH)

    def put(self, name, *shape):
        self.writer.add_tensor(name, (self.random.standard_normal(shape) * 0.3).astype(np.float32))

    def ones(self, name, size):
        self.writer.add_tensor(name, np.ones(size, dtype=np.float32))

    def attention(self, layer):
        self.put(f"blk.{layer}.attn_q.weight", 64, WIDTH)
        self.put(f"blk.{layer}.attn_k.weight", 32, WIDTH)
        self.put(f"blk.{layer}.attn_v.weight", 32, WIDTH)
        self.put(f"blk.{layer}.attn_output.weight", WIDTH, 64)

    def feed_forward(self, layer):
        self.put(f"blk.{layer}.ffn_gate.weight", 2 * WIDTH, WIDTH)
        self.put(f"blk.{layer}.ffn_up.weight", 2 * WIDTH, WIDTH)
        self.put(f"blk.{layer}.ffn_down.weight", WIDTH, 2 * WIDTH)

    def recurrence(self, layer):
        self.put(f"blk.{layer}.ssm_in.weight", 2 * INNER, WIDTH)
        self.put(f"blk.{layer}.ssm_conv1d.weight", INNER, 4)
        self.put(f"blk.{layer}.ssm_conv1d.bias", INNER)
        self.put(f"blk.{layer}.ssm_x.weight", RANK + 2 * STATE, INNER)
        self.put(f"blk.{layer}.ssm_dt.weight", INNER, RANK)
        self.put(f"blk.{layer}.ssm_dt.bias", INNER)
        decay = -np.abs(self.random.standard_normal((INNER, STATE))) - 0.1
        self.writer.add_tensor(f"blk.{layer}.ssm_a", decay.astype(np.float32))
        self.put(f"blk.{layer}.ssm_d", INNER)
        self.put(f"blk.{layer}.ssm_out.weight", WIDTH, INNER)

    def state_sizes(self):
        self.writer.add_ssm_conv_kernel(4)
        self.writer.add_ssm_inner_size(INNER)
        self.writer.add_ssm_state_size(STATE)
        self.writer.add_ssm_time_step_rank(RANK)

    def heads(self, kv_heads):
        self.writer.add_head_count_kv(kv_heads)
        self.writer.add_key_length(16)
        self.writer.add_value_length(16)

    def close(self):
        self.writer.write_header_to_file()
        self.writer.write_kv_data_to_file()
        self.writer.write_tensors_to_file()
        self.writer.close()


def sliding_window(path):
    """Gemma 3: most layers see the last 32 tokens only."""
    file = _File(path, "gemma3")
    file.heads(2)
    file.writer.add_sliding_window(WINDOW)
    for n in range(LAYERS):
        for name in ("attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm"):
            file.ones(f"blk.{n}.{name}.weight", WIDTH)
        for name in ("attn_q_norm", "attn_k_norm"):
            file.ones(f"blk.{n}.{name}.weight", 16)
        file.attention(n)
        file.feed_forward(n)
    file.close()


def hybrid(path):
    """Jamba: every second layer is recurrent, the others attend."""
    file = _File(path, "jamba")
    file.heads([0, 2] * (LAYERS // 2))
    file.state_sizes()
    for n in range(LAYERS):
        file.ones(f"blk.{n}.attn_norm.weight", WIDTH)
        file.ones(f"blk.{n}.ffn_norm.weight", WIDTH)
        if n % 2:
            file.attention(n)
        else:
            file.recurrence(n)
            for name, size in (("ssm_dt_norm", RANK), ("ssm_b_norm", STATE), ("ssm_c_norm", STATE)):
                file.ones(f"blk.{n}.{name}.weight", size)
        file.feed_forward(n)
    file.close()


def recurrent(path):
    """Mamba: no attention at all, one state per sequence."""
    file = _File(path, "mamba")
    file.heads(0)
    file.state_sizes()
    for n in range(LAYERS):
        file.ones(f"blk.{n}.attn_norm.weight", WIDTH)
        file.recurrence(n)
    file.close()
