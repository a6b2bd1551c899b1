"""The plots, drawn from the figures of the run: SVG, small enough for the repository."""

from collections.abc import Callable
from pathlib import Path

import pygal
from pygal.style import Style

from benchmarks.result import Part

COLOURS = ("#2563eb", "#9ca3af", "#f59e0b", "#10b981", "#8b5cf6", "#ef4444", "#111827", "#ec4899")
STYLE = Style(
    background="white",
    plot_background="white",
    colors=COLOURS,
    font_family="sans-serif",
    title_font_size=16,
    guide_stroke_color="#e5e7eb",
    major_guide_stroke_color="#e5e7eb",
)
SHARED = {"style": STYLE, "width": 760, "height": 380, "js": [], "legend_at_bottom": True, "pretty_print": True}


def cost(part: Part) -> pygal.graph.graph.Graph:
    """Bars: a super-step, one at a time."""
    sheet = part.sheets[0]
    chart = pygal.HorizontalBar(title="A super-step, one at a time, ms", show_legend=False, **SHARED)
    rows = [row for row in sheet.rows if row[0] != "empty"][::-1]
    chart.x_labels = [str(row[0]) for row in rows]
    chart.add("ms", [_coloured(row[0], sheet.get(str(row[0]), "a super-step, ms")) for row in rows])
    return chart


def throughput(part: Part) -> pygal.graph.graph.Graph:
    """Bars: CPU of a run, by who used it."""
    sheet = part.sheets[1]
    chart = pygal.HorizontalStackedBar(title=f"CPU for a run, {sheet.title}, ms", **SHARED)
    rows = [row for row in sheet.rows if row[0] != "empty"][::-1]
    chart.x_labels = [str(row[0]) for row in rows]
    for column in ("worker", "Temporal's server", "database"):
        chart.add(column, [sheet.get(str(row[0]), column) for row in rows])
    return chart


def history(part: Part) -> pygal.graph.graph.Graph:
    """Lines: kilobytes of history by the number of nodes, for each size of the state; ours depends on neither."""
    sheet = part.sheets[0]
    chart = pygal.Line(title="History of a stage, KB (state made by the first node)", logarithmic=True, **SHARED)
    labels = [str(row[0]).split(", ") for row in sheet.rows]
    chart.x_labels = list(dict.fromkeys(nodes for nodes, _ in labels))
    chart.y_labels = [1, 10, 100, 1000, 10_000, 100_000]
    sizes = list(dict.fromkeys(size for _, size in labels))
    for who, size in [("ours", sizes[-1]), *(("plugin", size) for size in sizes)]:
        points = [sheet.get(f"{nodes}, {size}", f"{who}: KB") for nodes in chart.x_labels]
        chart.add(f"{who}, {size}", points)
    return chart


def scale(part: Part) -> pygal.graph.graph.Graph:
    """Bars: the cores that each party kept busy."""
    sheet = part.sheets[0]
    title = f"Cores busy, {sheet.title} ({part.settings['cores']} cores)"
    chart = pygal.HorizontalStackedBar(title=title, **SHARED)
    rows = sheet.rows[::-1]
    chart.x_labels = [f"{row[0]}: {float(row[1] or 0):.1f} runs/s" for row in rows]
    for who in ("workers", "Temporal's server", "database", "client"):
        chart.add(who, [sheet.get(str(row[0]), f"cores busy: {who}") for row in rows])
    return chart


def _coloured(name: object, value: float) -> dict[str, object]:
    return {"value": value, "color": COLOURS[0] if str(name).startswith("ours") else COLOURS[1]}


DRAWN: dict[str, Callable[[Part], pygal.graph.graph.Graph]] = {
    "cost": cost,
    "throughput": throughput,
    "history": history,
    "scale": scale,
}


def draw(part: Part, folder: Path) -> None:
    """`bench-<part>.svg`, where there is something to see."""
    if part.name in DRAWN:
        DRAWN[part.name](part).render_to_file(str(folder / f"bench-{part.name}.svg"))
