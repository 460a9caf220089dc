/** The page's style sheet: dark and light by the reader's preference, and one for paper. */

/** CSS text. */
export const pageStyle: string = `
:root{color-scheme:light dark;--ink:#1f2937;--dim:#6b7280;--paper:#fff;--panel:#f9fafb;--line:#d1d5db;--link:#1d4ed8;--red:#b91c1c;--amber:#a16207;--cyan:#0e7490;--green:#15803d;--bar:#3b82f6;--bar2:#10b981;--hit:#fde68a;--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e5e7eb;--dim:#9ca3af;--paper:#111827;--panel:#1f2937;--line:#374151;--link:#93c5fd;--red:#f87171;--amber:#fbbf24;--cyan:#67e8f9;--green:#86efac;--bar:#60a5fa;--bar2:#34d399;--hit:#854d0e}}
*{box-sizing:border-box}
[hidden]{display:none!important}
html{scroll-padding-top:1rem}
body{margin:0 auto;padding:1rem 1.5rem 4rem;max-width:90rem;font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
h1{font-size:1.5rem;margin:.2rem 0}h2{font-size:1.2rem;margin:2rem 0 .5rem;border-bottom:1px solid var(--line)}h3{font-size:1rem;margin:0 0 .4rem}
p{margin:.4rem 0}a{color:var(--link)}
code,pre,svg text,kbd{font-family:var(--mono);font-size:13px}
pre{overflow:auto;margin:.3rem 0;padding:.5rem;background:var(--paper);border:1px solid var(--line);border-radius:4px}
pre.code{font-size:12px}
code{overflow-wrap:anywhere}
code.place{display:block;color:var(--dim)}
kbd{border:1px solid var(--line);border-radius:3px;padding:0 .3em}
nav{display:flex;flex-wrap:wrap;gap:.2rem 1rem;margin:.5rem 0}
summary{cursor:pointer}
.dim,footer{color:var(--dim)}footer{margin-top:3rem;font-size:13px}
.verdict{font-weight:600}.error{--level:var(--red)}.warning{--level:var(--amber)}.note{--level:var(--cyan)}.good{--level:var(--green)}
.verdict,.level{color:var(--level)}.level{font-weight:600}
.story{border:1px solid var(--line);border-left:4px solid var(--level);border-radius:4px;padding:.4rem .8rem;margin:.6rem 0;background:var(--panel)}
.story>summary{font-weight:600;overflow-wrap:anywhere}
.number{font-variant-numeric:tabular-nums}td.number{text-align:right}
.badge{font-size:12px;font-weight:600;color:var(--paper);background:var(--red);border-radius:3px;padding:0 .4em}
.tasks{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(22rem,100%),1fr));gap:.6rem;margin:.6rem 0}
.task{border:1px solid var(--line);border-radius:4px;padding:.5rem .7rem;background:var(--paper);min-width:0}
.task ol,.task ul{margin:0;padding-left:1.4rem}.task li{margin:.2rem 0;overflow-wrap:anywhere}
.culprit,.waits,.back th a,.new a{color:var(--red)}
.culprit>:is(pre,details){color:var(--ink)}
.circle{display:flex;flex-wrap:wrap;gap:.2rem 1.6rem;padding-left:1.2rem;margin:.4rem 0}
.cures{margin:.2rem 0}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:14px}
th,td{border:1px solid var(--line);padding:.15rem .5rem;text-align:left;vertical-align:top}
thead th{background:var(--panel);position:sticky;top:0}.sortable thead button{all:unset;cursor:pointer}.sortable thead button:focus-visible{outline:2px solid var(--link)}
tbody th{font-weight:400}
.tree,.tree ul{list-style:none;padding-left:1.3rem;margin:.1rem 0}.tree{padding-left:0}.tree ul{border-left:1px solid var(--line)}
.tree li{margin:.1rem 0}.reference a{font-style:italic;color:var(--dim)}
figure{margin:.6rem 0}figcaption{font-weight:600}
.picture{border:1px solid var(--line);border-radius:4px;padding:.5rem;background:var(--panel);position:relative}
.picture .tools{position:absolute;right:.5rem;top:.2rem}
.canvas{overflow:auto}.canvas svg{max-width:100%;height:auto;display:block;margin:auto}
.live .canvas{overflow:hidden}.live .canvas svg{width:100%;height:min(70vh,50rem);max-width:none;cursor:grab;touch-action:none}
.live .canvas svg:focus-visible,a:focus-visible,summary:focus-visible{outline:2px solid var(--link)}
.node text{font-size:12px;fill:var(--ink)}.edge text{font-size:10px}.graph>text{font-size:12px;fill:var(--ink)}
.graph>polygon{fill:none}.edge text:not([fill]){fill:var(--ink)}
[data-class],[data-edge]{cursor:pointer}
svg .node:focus-visible{outline:2px solid var(--link)}svg .edge:hover path,svg .node:hover :is(polygon,ellipse,path){stroke-width:3}
svg .chosen :is(polygon,ellipse,path){stroke:var(--link);stroke-width:3}
svg .hit :is(polygon,ellipse,path){fill:var(--hit)}
@media screen and (prefers-color-scheme:dark){
svg [fill="#dbeafe"]{fill:#1e3a5f}svg [fill="#dcfce7"]{fill:#14432a}svg [fill="#fef9c3"]{fill:#4d4310}svg [fill="#ffedd5"]{fill:#5a3210}svg [fill="#ede9fe"]{fill:#3b2f66}svg [fill="#f3f4f6"]{fill:#2b3444}
svg [stroke="#6b7280"]{stroke:#9ca3af}svg .edge [fill="#6b7280"]{fill:#9ca3af}svg [stroke="#dc2626"]{stroke:#f87171}svg [fill="#dc2626"]{fill:#f87171}}
.plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(30rem,100%),1fr));gap:1rem}
.plots svg{width:100%;max-width:40rem}.plots rect{fill:var(--bar)}.plots rect.read{fill:var(--bar2)}.plots text{fill:var(--ink);font-size:12px}
.columns{display:grid;grid-template-columns:minmax(0,max-content) minmax(14rem,26rem);gap:1rem}@media (max-width:50rem){.columns{grid-template-columns:1fr}}
.now{position:sticky;top:1rem;align-self:start;display:grid;gap:.5rem}
tr.current{background:color-mix(in srgb,var(--bar) 22%,transparent);box-shadow:inset 3px 0 var(--bar)}
.tools input[type=range]{width:min(30rem,40vw);vertical-align:middle}.tools input[type=search]{width:min(24rem,60vw)}
button,input{font:inherit}
#detail{position:fixed;right:1rem;bottom:1rem;width:min(34rem,calc(100vw - 2rem));max-height:70vh;overflow:auto;background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.7rem 1rem;box-shadow:0 4px 24px #0006;z-index:2}
#detail h2{margin:0 2rem .4rem 0;border:0;overflow-wrap:anywhere;font-size:1.05rem}#detail .close{position:absolute;right:.6rem;top:.5rem}#detail ul{margin:.2rem 0;padding-left:1.2rem}#detail li{overflow-wrap:anywhere}
@media print{:root{color-scheme:light}body{max-width:none;padding:0}nav,.tools,#detail,footer,.now,.as-text{display:none!important}.story,.picture,.task{break-inside:avoid;background:none}.live .canvas svg{height:auto}thead th{position:static}details>summary{list-style:none}details::details-content{content-visibility:visible;block-size:auto}}
`;
