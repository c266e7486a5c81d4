"""Gradient steps shared by all networks."""

import pytest

torch = pytest.importorskip("torch", reason="training needs the train extra")

from style2talker.train.steps import Average, follow  # noqa: E402


def test_a_network_follows_its_loss_and_keeps_the_average(caplog):
    torch.manual_seed(0)
    net = torch.nn.Linear(3, 1)
    goal = torch.tensor([[1.0, -2.0, 0.5]])

    def loss_of(step):
        x = torch.randn(32, 3)
        return ((net(x) - x @ goal.T) ** 2).mean()

    with caplog.at_level("INFO"):
        follow([net], loss_of, 300, 0.05, "line", decay=0.9)
    assert torch.allclose(net.weight, goal, atol=0.05)
    assert "line: step 200 of 300" in caplog.text
    assert not net.training


def test_the_average_lags_behind_the_last_step():
    net = torch.nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        net.weight.fill_(0.0)
        average = Average([net], 0.5)
        for _ in range(50):
            net.weight += 1.0
            average.update()
        average.apply()
    assert 47.5 < float(net.weight.detach()) < 50


def test_without_an_average_the_last_weights_stay():
    net = torch.nn.Linear(1, 1)
    follow([net], lambda step: ((net(torch.ones(1, 1)) - 2) ** 2).mean(), 20, 0.01, "last")
    assert net.weight.requires_grad
