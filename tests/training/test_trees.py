"""From papers to what a training step reads: rows of data, vocabulary, trees, and how they lie in rows."""

import json
import lzma

import pytest

pytest.importorskip("torch", reason="needs torch: make test-training installs it")
pytest.importorskip("sacrebleu", reason="needs sacrebleu: make test-training installs it")

import numpy as np
import torch

from offline_digest.engines.llama.branches import Branch
from offline_digest.engines.llama.prompt import frame, passage_ids, question_ids
from offline_digest.engines.llama.template import TemplateService
from training.starter.attention import Part, attend
from training.starter.contract import asked_fields, passage, questions
from training.starter.data import Row as Paper
from training.starter.data import read_rows, trees, trusted
from training.starter.model import Laid
from training.starter.muon import orthogonal
from training.starter.packing import TRAIN, Tree, Trees, batch, epoch, tree_positions
from training.starter.tokenizing import tokenizing
from training.starter.train import LOG, continued, importance
from training.starter.vocabulary import VOCABULARY, Vocabulary


def log(folder):
    return [json.loads(line) for line in (folder / LOG).read_text(encoding="utf-8").splitlines()]


def test_trees_are_what_the_engine_feeds_and_reads(made):
    """The engine, given the learned tokens one by one, feeds exactly the tokens of the tree, at their positions, and ends where they end."""
    vocabulary = Vocabulary.load(made.prepared / VOCABULARY)
    row = next(read_rows(made.data / "eval.jsonl"))
    with tokenizing(vocabulary) as model:
        (tree,) = trees([row], model, longest_tokens=1024)
        template = model.chat_template()
        rendered = TemplateService().render(template, model.special_text("bos"), model.special_text("eos"))
        pieces = frame(rendered, template, introduced=False)
        assert tree.passage == passage_ids(model, pieces, passage(row.title, row.abstract), bos=model.special_text("bos"))
        fields = {field.name: field for field in asked_fields()}
        positions = tree_positions(np.repeat(range(len(tree.branches) + 1), [len(tree.passage), *map(len, tree.branches)]))
        end = len(tree.passage)
        for number, ((name, lines), branch) in enumerate(zip(row.answers.items(), tree.branches, strict=True)):
            (question,) = questions([fields[name]])
            running = Branch(question, number, question_ids(model, pieces, question.prompt))
            running.start(1, len(tree.passage), model)
            fed = []
            for token in [token for token, learned in branch if learned]:
                assert [running.position + i for i in range(len(running.pending))] == positions[end + len(fed) :][
                    : len(running.pending)
                ].tolist()
                fed += running.pending
                running.take(token, model)
            end += len(branch)
            assert fed == [token for token, _ in branch[:-1]]
            assert running.ended == "stop"
            assert running.lines == list(lines)


def test_what_a_branch_sees_does_not_depend_on_its_step(made):
    """Several papers in one step give the loss of each passage with each answer as a text of its own."""
    model, one = _untrained(made)
    trees_ = Trees.load(made.prepared / TRAIN)
    with torch.no_grad():
        together = model.loss(Laid.of(batch(trees_, [4, 0, 7]), torch.float32, "cpu"), one).item()
        alone = 0.0
        for number in (4, 0, 7):
            part = slice(trees_.starts[number], trees_.starts[number + 1])
            ids, learned, branch = (array[part].astype(np.int64) for array in (trees_.ids, trees_.learned, trees_.branch))
            for b in range(1, branch.max() + 1):
                text = torch.tensor(ids[(branch == 0) | (branch == b)])
                targets = np.where(learned == 1, ids, -100)[(branch == 0) | (branch == b)]
                plain = Trees.of([Tree(text.tolist(), [[(0, False)]])])
                h = model.hidden(Laid.of(batch(plain, [0]), torch.float32, "cpu"))[: len(text)]
                alone += torch.nn.functional.cross_entropy(model.logits(h[:-1]), torch.tensor(targets[1:]), reduction="sum").item()
    assert together == pytest.approx(alone, rel=1e-5)


def test_gradients_are_those_of_plain_attention(made):
    """Of a whole tree, as torch finds them for one sequence under a mask."""
    random = torch.Generator().manual_seed(0)
    branch = torch.tensor([0] * 70 + [1] * 30 + [2] * 41)
    end, places = 256, 512
    q, k, v = (
        torch.randn(2, n, *rest, generator=random, requires_grad=True) for n, rest in ((places, (3, 8)), (places, (8,)), (places, (8,)))
    )
    part = Part.branches(slice(0, 70), slice(end, end + 71), branch[70:], torch.float32)
    attend(q, k, v, [part]).square().sum().backward()
    own = [t.detach()[:, torch.cat((torch.arange(70), end + torch.arange(71)))].requires_grad_() for t in (k, v)]
    asked = q.detach()[:, end : end + 71].requires_grad_()
    seen = torch.ones(141, 141).tril().bool() & ((branch[None] == 0) | (branch[:, None] == branch[None]))
    scores = torch.einsum("hngs,hms->hgnm", asked, own[0]).masked_fill(~seen[70:], -torch.inf)
    torch.einsum("hgnm,hms->hngs", scores.softmax(-1), own[1]).square().sum().backward()
    assert torch.allclose(q.grad[:, end : end + 71], asked.grad, atol=1e-4)
    for whole, one in zip((k, v), own, strict=True):
        assert torch.allclose(torch.cat((whole.grad[:, :70], whole.grad[:, end : end + 71]), 1), one.grad, atol=1e-4)
        assert whole.grad.abs().sum() == pytest.approx(one.grad.abs().sum().item(), rel=1e-3)


def test_steps_of_muon_are_orthogonal():
    """All singular values of a step lie around one, whatever the gradient's are; matrices of one shape do not mix."""
    random = torch.Generator().manual_seed(0)
    gradients = (
        torch.randn(3, 48, 96, generator=random) * torch.logspace(0, -2, 48)[:, None] * torch.tensor([1e-6, 1.0, 1e3])[:, None, None]
    )
    for matrices in (gradients, gradients.transpose(1, 2)):
        values = torch.linalg.svdvals(orthogonal(matrices.bfloat16()).float())
        assert values.min() > 0.4
        assert values.max() < 1.4
    assert torch.equal(orthogonal(gradients.bfloat16())[1], orthogonal(gradients[1:2].bfloat16())[0])


def _untrained(made):
    vocabulary = Vocabulary.load(made.prepared / VOCABULARY)
    return continued(made.base, vocabulary), importance(vocabulary, 1.0)


def test_an_epoch_is_the_same_each_time_and_another_the_next(made):
    """Order and drawn lists follow from seed and number alone; every paper without lists is in each epoch but for what fills no step."""
    trees_ = Trees.load(made.prepared / TRAIN)
    how = {"papers": 4, "list_share": 0.25, "seed": 3}
    first = epoch(trees_, number=0, **how)
    assert first == epoch(trees_, number=0, **how)
    assert first != epoch(trees_, number=1, **how)
    seen = [i for step in first for i in step]
    assert len(set(np.flatnonzero(~trees_.lists)) - set(seen)) < 4
    assert trees_.lists[seen].mean() == pytest.approx(0.25, abs=0.03)


def test_a_smaller_vocabulary_spells_everything(made):
    """Rare tokens go, bytes and control tokens stay; what a kept token was merged from is kept, and texts come back whole."""
    whole = Vocabulary.load(made.data / "tokenizer.json")
    text = "TideNet 将平均误差从 14.2 降至 9.6。😀 Zürich"
    with tokenizing(whole) as model:
        uses = np.bincount(model.tokenize(text, special=False), minlength=len(whole))
    small = whole.without_rare(uses.tolist(), 1)
    assert 256 < len(small) < len(whole)
    with tokenizing(small) as model:
        for words in (text, "harbours 港口 of the coast"):
            assert b"".join(map(model.piece, model.tokenize(words, special=False))).decode() == words
        again = [small.tokens[i] for i in model.tokenize(text, special=False)]
        assert len(model.tokenize("<|im_end|>", special=True)) == 1
    with tokenizing(whole) as model:
        assert again == [whole.tokens[i] for i in model.tokenize(text, special=False)]


def test_a_new_piece_stands_for_its_old_ones():
    """Merged pieces begin as those of the base that they were merged from, in order."""
    both = Vocabulary(("a", "b", "c", "ab", "abc", "cabc"), ("a b", "ab c", "c abc"), (1,) * 6)
    assert both.origins(["c", "b", "a", "ab"]) == [[2], [1], [0], [3], [3, 0], [0, 3, 0]]


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("TideNet 将误差降低了 12%。", True),
        ("TideNet 将误差降低了 15%。", False),
        ("WaveNet 将误差降低了 12%。", False),
        ("TideNet reduces the error by 12%.", False),
    ],
)
def test_answers_that_say_more_than_their_abstract_are_not_learned(answer, kept):
    """A number or name that the abstract does not print, or the wrong language, keeps an answer out and is told."""
    row, failed = trusted(Paper("TideNet", "TideNet lowers the error by 12%.", {"results": (answer,)}))
    assert bool(row.answers) == kept == (not failed)


def test_a_list_keeps_its_good_lines():
    """A bad line falls alone; of more than seven the first stay; with fewer than five left the list falls."""
    good = [f"第 {n} 条：TideNet 有一项优点。" for n in range(1, 10)]
    paper = Paper("TideNet", "TideNet has merits.", {"takeaways": (*good[:2], "错误率为 12.5%。", *good[2:])})
    row, failed = trusted(paper)
    assert row.answers == {"takeaways": tuple(good[:7])}
    assert failed == ["numbers"]
    assert trusted(Paper("TideNet", "TideNet has merits.", {"takeaways": tuple(good[:4])}))[0].answers == {}


def test_rows_are_read_from_both_files(tmp_path):
    """Short names and long ones, plain and compressed; a line break in an answer that is no list becomes a space, between Chinese nothing."""
    short = {
        "t": "A\n title",
        "a": "Text.",
        "zh": {"result": "第一句。\n第二句 of\ntwo。", "takeaways": ["一", "[Tool](https://example.org)", "二"]},
    }
    with lzma.open(tmp_path / "x.jsonl.xz", "wt", encoding="utf-8") as file:
        file.write(json.dumps(short) + "\n")
    (row,) = read_rows(tmp_path / "x.jsonl.xz")
    assert row == Paper("A title", "Text.", {"results": ("第一句。第二句 of two。",), "takeaways": ("一", "二")})
