"""How the report looks: one style sheet for light and dark, wide and narrow."""

from __future__ import annotations

__all__ = ["STYLE"]

STYLE = """
:root{color-scheme:light dark;--ink:#16181d;--soft:#5d6470;--line:#e2e5ea;--paper:#fff;--panel:#f6f7f9;
--hover:#eef2f8;
--accent:#c2410c;--warn:#fef3c7;--warn-ink:#713f12}
@media(prefers-color-scheme:dark){:root{--ink:#e8eaee;--soft:#9aa2ae;--line:#2c313a;--paper:#14161a;--panel:#1c1f25;
--hover:#232832;--accent:#fb923c;--warn:#3b2f12;--warn-ink:#fcd34d}}
*{box-sizing:border-box}html{scroll-behavior:smooth;scroll-padding-top:4.5rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);
font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
.top{position:sticky;top:0;z-index:3;background:var(--paper);border-bottom:1px solid var(--line)}
.top div{max-width:1240px;margin:auto;padding:.7rem 1.2rem;display:flex;gap:1.4rem;align-items:baseline;
flex-wrap:wrap}
.top b{font-size:1.05rem;letter-spacing:-.01em}.top a{color:var(--soft);text-decoration:none}
.top a:hover,.top a:focus-visible{color:var(--accent)}
main{max-width:1240px;margin:auto;padding:1.2rem 1.2rem 4rem}
h1{font-size:1.9rem;line-height:1.2;letter-spacing:-.02em;margin:1rem 0 .3rem}
h2{font-size:1.3rem;letter-spacing:-.01em;margin:2.6rem 0 .6rem}h3{font-size:1.05rem;margin:0;overflow-wrap:anywhere}
p{max-width:78ch;margin:.4rem 0}.dim{color:var(--soft);font-size:.85rem}
.warn{background:var(--warn);color:var(--warn-ink);padding:.6rem .9rem;border-radius:8px;max-width:none;
overflow-wrap:anywhere}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(170px,1fr));gap:.8rem;margin:1.2rem 0}
.tile{background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:.75rem .9rem}
.tile b .dim{font-weight:400;letter-spacing:0}.tile b{display:block;font-size:1.45rem;line-height:1.3;
font-variant-numeric:tabular-nums;letter-spacing:-.01em}
.keys{display:flex;flex-wrap:wrap;gap:.3rem 1.4rem;list-style:none;padding:0;margin:.8rem 0;font-size:.88rem}
.keys i,.tip i{display:inline-block;width:.72em;height:.72em;border-radius:50%;margin-right:.45em}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.42rem .55rem;text-align:right;border-bottom:1px solid var(--line);vertical-align:top}
thead th{position:sticky;top:2.95rem;z-index:2;background:var(--paper);font-size:.82rem;font-weight:600;
color:var(--soft);
vertical-align:bottom}
td:first-child,th:first-child,.l{text-align:left}td:first-child{width:23%;min-width:12rem}td:last-child{width:214px}
td:last-child svg{min-width:190px}
.g th{text-align:left;padding-top:1.3rem;font-size:.95rem;color:var(--ink);border-bottom:2px solid var(--line)}
tbody tr:not(.g):hover td{background:var(--hover)}.nw{white-space:nowrap}.own{font-weight:650}
td .dim{display:block;font-size:.78rem;font-weight:400;white-space:nowrap}td.u{color:var(--soft)}
summary{cursor:pointer;font-weight:550;overflow-wrap:anywhere}summary:hover{color:var(--accent)}
details figure{width:29rem;margin-right:-17rem}
details p{font-size:.85rem;color:var(--soft);margin:.3rem 0 .5rem}details .dim{white-space:normal}
.clip{margin:1.2rem 0;padding:1rem 1.1rem 1.1rem;background:var(--panel);border:1px solid var(--line);
border-radius:12px}
.clip header{display:flex;flex-wrap:wrap;gap:.2rem 1rem;align-items:baseline;margin-bottom:.7rem}
.pair{display:grid;grid-template-columns:minmax(0,2fr) minmax(0,3fr);gap:1.3rem;align-items:start}
figure{margin:0 0 .9rem}figcaption{font-size:.8rem;color:var(--soft);margin-top:.25rem}
figure b{font-size:.85rem;font-weight:600}img{display:block;max-width:100%;border-radius:8px}svg{display:block;
max-width:100%}
svg text{fill:var(--soft);font:11px system-ui,sans-serif}.axis{stroke:var(--line)}.tip{font-size:.8rem;
color:var(--soft)}
.tip span{margin-right:1rem;white-space:nowrap}ul.places{padding-left:1.1rem;overflow-wrap:anywhere}
@media(max-width:820px){.pair{grid-template-columns:minmax(0,1fr)}thead{display:none}table,tbody,tr,td,.g th{
display:block}
tbody tr:not(.g){border:1px solid var(--line);border-radius:10px;margin:.6rem 0;padding:.5rem .7rem}
td,td:first-child,td:last-child{border:0;padding:.12rem 0;width:auto;text-align:left}
td[data-l]{display:grid;grid-template-columns:8rem minmax(0,1fr) auto;gap:.6rem;align-items:baseline}
td.u[data-l]{display:none}td[data-l]:before{content:attr(data-l);color:var(--soft);font-weight:400}
td .dim{display:inline}.g th{padding-top:1rem}h1{font-size:1.5rem}.top div{gap:.3rem 1rem;padding:.55rem .9rem}
main{padding:.8rem .9rem 3rem}}
@media(max-width:820px){details figure{width:auto;margin-right:0}}
@media print{.top{position:static}thead th{position:static}.clip{break-inside:avoid}}
"""
"""Everything lies in the page itself, which loads nothing."""
