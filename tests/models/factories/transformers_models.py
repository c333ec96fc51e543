"""Networks of transformers, built by a config with weights drawn at random: nothing is downloaded."""

from __future__ import annotations

from typing import Any

import torch
import transformers as t

SMALL: dict[str, Any] = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 128}
IDS: dict[str, Any] = {"vocab_size": 1000}


def _text(model: Any, **more: Any) -> Any:
    ids = torch.randint(5, 900, (2, 16))
    return {"model": model, "example": {"input_ids": ids, "attention_mask": torch.ones_like(ids), **more}}


def _image(model: Any, size: int = 64, **more: Any) -> Any:
    return {"model": model, "example": {"pixel_values": torch.randn(2, 3, size, size)}, **more}


def bert() -> Any:
    return _text(t.BertModel(t.BertConfig(**SMALL, **IDS)))


def bert_classifier() -> Any:
    return _text(t.BertForSequenceClassification(t.BertConfig(**SMALL, **IDS)))


def roberta() -> Any:
    return _text(t.RobertaModel(t.RobertaConfig(**SMALL, **IDS)))


def electra() -> Any:
    return _text(t.ElectraModel(t.ElectraConfig(**SMALL, **IDS, embedding_size=64)))


def albert() -> Any:
    return _text(t.AlbertModel(t.AlbertConfig(**SMALL, **IDS, embedding_size=64)))


def distilbert() -> Any:
    return _text(t.DistilBertModel(t.DistilBertConfig(vocab_size=1000, dim=64, n_layers=2, n_heads=4, hidden_dim=128)))


def mpnet() -> Any:
    return _text(t.MPNetModel(t.MPNetConfig(**SMALL, **IDS)))


def deberta() -> Any:
    return _text(t.DebertaV2Model(t.DebertaV2Config(**SMALL, **IDS)))


def gpt2() -> Any:
    return _text(t.GPT2LMHeadModel(t.GPT2Config(vocab_size=1000, n_embd=64, n_layer=2, n_head=4, use_cache=False)))


def gpt2_with_cache() -> Any:
    return _text(t.GPT2LMHeadModel(t.GPT2Config(vocab_size=1000, n_embd=64, n_layer=2, n_head=4, use_cache=True)))


def llama() -> Any:
    return _text(t.LlamaForCausalLM(t.LlamaConfig(**SMALL, **IDS, use_cache=False)))


def opt() -> Any:
    config = t.OPTConfig(
        vocab_size=1000, hidden_size=64, num_hidden_layers=2, ffn_dim=128, num_attention_heads=4,
        word_embed_proj_dim=64, use_cache=False,
    )  # fmt: skip
    return _text(t.OPTForCausalLM(config))


def t5_encoder() -> Any:
    return _text(
        t.T5EncoderModel(t.T5Config(vocab_size=1000, d_model=64, d_kv=16, d_ff=128, num_layers=2, num_heads=4))
    )


def vit() -> Any:
    return _image(t.ViTForImageClassification(t.ViTConfig(**SMALL, image_size=64)))


def deit() -> Any:
    return _image(t.DeiTModel(t.DeiTConfig(**SMALL, image_size=64)))


def swin() -> Any:
    config = t.SwinConfig(image_size=64, patch_size=4, embed_dim=32, depths=[1, 1], num_heads=[2, 2], window_size=4)
    return _image(t.SwinForImageClassification(config))


def convnext() -> Any:
    return _image(
        t.ConvNextForImageClassification(t.ConvNextConfig(hidden_sizes=[16, 32], depths=[1, 1], num_stages=2))
    )


def resnet() -> Any:
    config = t.ResNetConfig(embedding_size=16, hidden_sizes=[16, 32], depths=[1, 1], layer_type="basic")
    return _image(t.ResNetForImageClassification(config))


def segformer() -> Any:
    config = t.SegformerConfig(
        num_encoder_blocks=2, depths=[1, 1], sr_ratios=[4, 2], hidden_sizes=[16, 32], patch_sizes=[7, 3],
        strides=[4, 2], num_attention_heads=[1, 2], mlp_ratios=[2, 2], decoder_hidden_size=32,
    )  # fmt: skip
    return _image(t.SegformerForSemanticSegmentation(config))


def clip_vision() -> Any:
    return _image(t.CLIPVisionModel(t.CLIPVisionConfig(**SMALL, image_size=64, patch_size=16)))


def whisper_encoder() -> Any:
    config = t.WhisperConfig(
        vocab_size=1000, d_model=64, encoder_layers=2, encoder_attention_heads=4, decoder_layers=2,
        decoder_attention_heads=4, encoder_ffn_dim=128, decoder_ffn_dim=128, max_source_positions=100,
        pad_token_id=0, bos_token_id=1, eos_token_id=2, decoder_start_token_id=3,
    )  # fmt: skip
    return {"model": t.WhisperModel(config).encoder, "example": {"input_features": torch.randn(2, 80, 200)}}


def wav2vec2() -> Any:
    config = t.Wav2Vec2Config(
        **SMALL, conv_dim=(32, 32), conv_stride=(5, 4), conv_kernel=(10, 8),
        num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=4,
    )  # fmt: skip
    return {"model": t.Wav2Vec2Model(config), "example": {"input_values": torch.randn(2, 1600)}}
