/** The page's style sheet: dark and light by the reader's preference, and one for paper. */

const THEME = `
:root{color-scheme:light dark;--ink:#1f2328;--dim:#59636e;--paper:#fff;--panel:#f6f8fa;--raised:#fff;--line:#d8dee4;--rule:#6b7280;--link:#0a58ca;--red:#b42318;--amber:#8a5200;--cyan:#0b6a82;--green:#1a7f37;--redbg:#fff1ef;--bar:#4c8bf5;--bar2:#1aa179;--bar3:#e08b2d;--hit:#fff3bf;--shade:0 1px 2px #1f232814;--sans:system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e6edf3;--dim:#a3adb8;--paper:#0d1117;--panel:#161b22;--raised:#1b222c;--line:#303944;--rule:#9ca3af;--link:#79b8ff;--red:#ff8a80;--amber:#f2b84b;--cyan:#6fd3e8;--green:#6fdc8c;--redbg:#2c1719;--bar:#5b9bff;--bar2:#34c79a;--bar3:#f0a64a;--hit:#3d3210;--shade:none}}
`;

const PAGE = `
*{box-sizing:border-box}[hidden]{display:none!important}
html{scroll-padding-top:1rem}
body{margin:0 auto;padding:1.2rem 1.6rem 3rem;max-width:100rem;font:15px/1.5 var(--sans);color:var(--ink);background:var(--paper);display:grid;grid-template-columns:12.5rem minmax(0,1fr);column-gap:2rem}
header,footer{grid-column:1/-1}main{min-width:0}
.side{position:sticky;top:0;align-self:start;padding:.9rem 0;max-height:100vh;overflow:auto}
h1{font-size:1.55rem;line-height:1.25;margin:0;overflow-wrap:anywhere}h2{font-size:1.15rem;margin:0 0 .7rem}section{padding:.9rem 0 1.6rem}section+section{border-top:1px solid var(--line)}h3{font-size:1rem;margin:1.2rem 0 .3rem}h2+h3,.task h3{margin-top:0}h4{margin:0 0 .2rem;font-size:.95rem}
p{margin:.4rem 0;max-width:75ch}
a{color:var(--link);text-decoration:none}a:hover,a:focus-visible{text-decoration:underline}
code,pre,svg text,kbd,.tree a,table a,.circle,#detail h2,#detail li a{font-family:var(--mono);font-size:13px}
code{overflow-wrap:anywhere}
pre{overflow:auto;margin:.3rem 0;padding:.5rem .7rem;background:var(--panel);border:1px solid var(--line);border-radius:6px;line-height:1.45}
kbd{border:1px solid var(--line);border-radius:4px;padding:0 .35em;background:var(--panel)}
q{quotes:none;font-style:italic}
button,input{font:inherit;color:inherit}
button{background:var(--raised);border:1px solid var(--line);border-radius:6px;padding:.15rem .6rem;cursor:pointer}button:hover{border-color:var(--link)}
input[type=search]{width:100%;padding:.3rem .6rem;background:var(--raised);border:1px solid var(--line);border-radius:6px}
:focus-visible{outline:2px solid var(--link);outline-offset:1px}#detail:focus{outline:0}
summary{cursor:pointer}
.dim,footer{color:var(--dim)}footer{margin-top:1.5rem;padding-top:.8rem;border-top:1px solid var(--line);font-size:13px}
.error{--level:var(--red)}.warning{--level:var(--amber)}.note{--level:var(--cyan)}.good{--level:var(--green)}
.tally{margin:.5rem 0 .2rem;max-width:none}.chip,.level{color:var(--level);font-weight:600}.chip{border:1px solid var(--level);border-radius:1rem;padding:.05rem .7rem;margin-right:.2rem;white-space:nowrap;display:inline-block}
.side nav{display:grid;gap:1px;margin-top:.4rem}.side nav a{display:flex;justify-content:space-between;gap:.5rem;padding:.2rem .5rem;border-radius:6px;color:var(--ink)}.side nav a:hover{background:var(--panel);text-decoration:none}.side nav .count{color:var(--dim);font-variant-numeric:tabular-nums}.side p{margin:0}#found{font-size:13px;color:var(--dim);padding-left:.5rem}
@media (max-width:62rem){body{display:block;padding:1rem 1rem 3rem}.side{position:static;max-height:none;padding:.6rem 0}.side nav{display:flex;flex-wrap:wrap;gap:.35rem;margin-top:.6rem}.side nav a{border:1px solid var(--line);padding:.1rem .6rem}}
`;

const STORIES = `
.story{border:1px solid var(--line);border-left:4px solid var(--level);border-radius:8px;padding:.7rem 1rem;margin:0 0 .9rem;background:var(--panel);box-shadow:var(--shade)}
.story>summary{list-style:none;position:relative;padding-right:3rem;overflow-wrap:anywhere}.story>summary::-webkit-details-marker{display:none}.story>summary .what{font-weight:600}.story>summary .names{display:block;margin:.25rem 0 0}.story>summary .names code{font-size:14px}
.story>summary .count{display:inline-block;min-width:1.6em;text-align:center;border-radius:1em;background:var(--level);color:var(--paper);font-weight:600;font-size:13px}
.story>summary::after{content:'show';position:absolute;right:0;top:.1rem;color:var(--dim);font-size:13px}.story[open]>summary::after{content:'fold'}
.message{margin-top:.6rem}.sure{border:1px solid var(--line);border-radius:4px;padding:0 .4em;background:var(--raised)}.sure.confirmed,.sure.predicted{color:var(--red);border-color:var(--red)}.sure.refuted{color:var(--green);border-color:var(--green)}
.circle{display:flex;flex-wrap:wrap;gap:.2rem 1.8rem;padding:0 0 0 1.2rem;margin:.5rem 0}
.tasks{display:grid;grid-template-columns:repeat(auto-fit,minmax(max(17rem,calc((100% - 2rem)/var(--tasks,3))),1fr));gap:.7rem;margin:.7rem 0}@media (max-width:32rem){.tasks{grid-template-columns:minmax(0,1fr)}}
.task{border:1px solid var(--line);border-radius:6px;padding:.6rem .8rem;background:var(--raised);min-width:0}.task h3{overflow-wrap:anywhere}
.task ol,.task ul{margin:0;padding-left:1.3rem}.task li{margin:.35rem 0;overflow-wrap:anywhere}
.badge{font-size:12px;font-weight:600;color:var(--paper);background:var(--red);border-radius:4px;padding:.05rem .4em;vertical-align:.1em}
.culprit,.waits,.back th a,.new a,a.culprit{color:var(--red)}.culprit>:is(pre,details){color:var(--ink)}
code.place{display:block;color:var(--dim);font-size:12.5px}.more{font-size:13px;color:var(--dim)}
pre.code{font-size:12px;padding:.35rem 0}.code .line{display:block;min-width:max-content;padding:0 .7rem;white-space:pre}.code i{display:inline-block;min-width:2.2em;margin-right:.9em;text-align:right;color:var(--dim);font-style:normal;user-select:none}.code .hit{background:var(--hit)}.code mark{background:none;color:inherit;font-weight:700;text-decoration:underline 2px var(--red);text-underline-offset:3px}
.cure{font-size:14px}.cure ul{margin:.1rem 0 .5rem;padding-left:1.3rem}.cure p{margin:.2rem 0}
.tests q::before{content:none}
`;

const TABLES = `
.wide{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;font-size:14px}
th,td{border:1px solid var(--line);padding:.2rem .6rem;text-align:left;vertical-align:top}
thead th{background:var(--panel);position:sticky;top:0;font-weight:600;white-space:nowrap}.sortable thead button{all:unset;cursor:pointer}.sortable thead button:focus-visible{outline:2px solid var(--link)}[aria-sort=ascending] button::after{content:' ↑'}[aria-sort=descending] button::after{content:' ↓'}
tbody th{font-weight:400}tbody tr:hover{background:var(--panel)}td.number,th.number,.stats td:not(:last-child),#classes td:nth-child(n+4){text-align:right;font-variant-numeric:tabular-nums}#classes td:nth-child(3),#dependencies td:nth-child(n+4),.stats td:last-child{font-family:var(--mono);font-size:13px}
.tree,.tree ul{list-style:none;margin:.1rem 0}.tree{padding-left:0}.tree ul{border-left:1px solid var(--line);margin-left:.4rem;padding-left:1rem}
.tree li{margin:.12rem 0}.reference a{font-style:italic;color:var(--dim)}
.names{list-style:none;margin:0;padding:0}td a+a{margin-left:.6rem}.schedule th.number{width:1%}.operations td:nth-last-child(2),.operations th{font-family:var(--mono);font-size:13px}.operations thead th{font-family:inherit}
.square{font-size:12px}.square th,.square td{padding:.1rem .35rem;vertical-align:middle}.square thead th{vertical-align:bottom;position:static;text-align:left;padding:.4rem .1rem}.square thead span{writing-mode:vertical-rl;transform:rotate(180deg);white-space:nowrap;max-height:16rem}.square thead td{border:0}.square a{font-size:12px}.square tbody th{white-space:nowrap;text-align:right;position:sticky;left:0;background:var(--paper)}.square tbody tr:hover th{background:var(--panel)}
.square tbody td{min-width:1.7rem;height:1.6rem;text-align:center}.square .self{background:var(--line)}.square .taken{background:color-mix(in srgb,var(--bar) 16%,transparent)}.square .back{background:var(--redbg)}.square .back a{color:var(--red);font-weight:700}
`;

const PICTURES = `
figure{margin:.6rem 0}figcaption{font-weight:600;overflow-wrap:anywhere}figcaption code{font-size:13px}figcaption .dim{font-weight:400;font-size:13px}
.picture{border:1px solid var(--line);border-radius:8px;padding:.6rem;background:var(--panel)}
.picture .tools{margin:.3rem 0}.picture .legend{font-size:13px;color:var(--dim);max-width:none;margin:.3rem 0 0}
.canvas{overflow:auto}.canvas svg{max-width:100%;height:auto;display:block;margin:auto}
.live .canvas{overflow:hidden}.live .canvas svg{width:100%;max-width:none;cursor:grab;touch-action:pan-y pinch-zoom}
.node text{font-size:12px;fill:var(--ink)}.edge text{font-size:10px}.graph>text{font-size:12px;fill:var(--dim)}
.graph>polygon{fill:none}.node text,.edge text,.graph>text{text-anchor:middle}:where(.node,.edge) :where(polygon,ellipse,path,polyline):where(:not([stroke])){stroke:var(--rule)}.edge path{fill:none}.edge polygon:where(:not([fill])){fill:var(--rule)}.edge text:not([fill]){fill:var(--ink)}
svg [data-class],svg [data-edge]{cursor:pointer}
svg .edge:hover path,svg .node:hover :is(polygon,ellipse,path){stroke-width:3}
svg .chosen :is(polygon,ellipse,path){stroke:var(--link);stroke-width:3}
svg .hit :is(polygon,ellipse,path){fill:var(--hit)}
@media screen and (prefers-color-scheme:dark){
svg [fill="#dbeafe"]{fill:#1e3a5f}svg [fill="#dcfce7"]{fill:#14432a}svg [fill="#fef9c3"]{fill:#4d4310}svg [fill="#ffedd5"]{fill:#5a3210}svg [fill="#ede9fe"]{fill:#3b2f66}svg [fill="#f3f4f6"]{fill:#2b3444}
svg [stroke="#dc2626"]{stroke:#f87171}svg [fill="#dc2626"]{fill:#f87171}svg [stroke="#15803d"]{stroke:#4ade80}svg [fill="#15803d"]{fill:#4ade80}}
.plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(27rem,100%),1fr));gap:.6rem 1.5rem}.spreads{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(17rem,100%),1fr));gap:.4rem 1.5rem}
.plots svg,.spreads svg{width:100%;max-width:40rem;display:block}.plots rect{rx:2px;fill:var(--bar)}.plots rect.read{fill:var(--bar2)}.plots text,.spreads text{fill:var(--ink);font-size:12px}.spreads text{font-size:10px;fill:var(--dim)}
.plots .of{text-anchor:end}.spreads .hold{fill:var(--bar)}.spreads .wait{fill:var(--bar3)}.spreads .axis{stroke:var(--line)}
.key::before{content:'';display:inline-block;width:.8em;height:.8em;border-radius:2px;margin-right:.4em;background:var(--bar)}.key.read::before{background:var(--bar2)}.key.wait::before{background:var(--bar3)}
`;

const SCHEDULES = `
.schedule{margin:0 0 1.5rem}.outcome{color:var(--red);font-weight:600;overflow-wrap:anywhere}
.schedule .tools{display:flex;flex-wrap:wrap;align-items:center;gap:.4rem}.schedule input{flex:1;min-width:8rem;max-width:24rem;accent-color:var(--link)}
.columns{display:grid;grid-template-columns:minmax(0,1fr);gap:1rem}.live .columns{grid-template-columns:minmax(0,1fr) minmax(15rem,22rem)}@media (max-width:62rem){.live .columns{grid-template-columns:minmax(0,1fr)}.live .now{order:-1;position:static}}
.columns table{width:100%}.live .schedule .after{display:none}.live .schedule tbody tr{cursor:pointer}.step code{color:var(--ink)}
.now{position:sticky;top:1rem;align-self:start;display:grid;grid-template-columns:minmax(0,1fr);gap:.5rem}.now .task.acts{border-color:var(--bar);box-shadow:inset 3px 0 var(--bar)}.now p{margin:.1rem 0}
.now ol.locks{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.3rem}.now .locks li{margin:0;padding:0 .5rem;border-radius:4px;background:color-mix(in srgb,var(--bar) 16%,transparent);font-family:var(--mono);font-size:13px}
tr.current{background:color-mix(in srgb,var(--bar) 20%,transparent)!important;box-shadow:inset 3px 0 var(--bar)}tr.later td{opacity:.55}
#detail{position:fixed;right:1rem;bottom:1rem;width:min(34rem,calc(100vw - 2rem));max-height:70vh;overflow:auto;background:var(--raised);border:1px solid var(--line);border-radius:8px;padding:.8rem 1rem;box-shadow:0 8px 32px #0006;z-index:2}
#detail h2{margin:0 2.5rem .4rem 0;overflow-wrap:anywhere;font-size:14px}#detail h3{font-size:.9rem}#detail .close{position:absolute;right:.6rem;top:.6rem}#detail ul{margin:.2rem 0;padding-left:1.2rem}#detail li{overflow-wrap:anywhere}
@media print{:root{color-scheme:light}body{display:block;max-width:none;padding:0;font-size:11pt}.side,.tools,#detail,footer,.now,.as-text,.story>summary::after{display:none!important}.live .columns{display:block}.live .schedule .after{display:table-cell}tr.later td{opacity:1}tr.current{background:none!important;box-shadow:none}.story,.task,figure,tr{break-inside:avoid}.story,.task,.picture{background:none;box-shadow:none}thead th,.square tbody th{position:static}.wide{overflow:visible}details::details-content{content-visibility:visible;block-size:auto}}
`;

/** CSS text. */
export const pageStyle: string = [THEME, PAGE, STORIES, TABLES, PICTURES, SCHEDULES].join('');
