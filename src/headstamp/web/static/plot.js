// Plots to look into: exact values under the pointer and by the arrow keys, zoom, series on and off.
// The server's drawing and the table say the same and stay where this file does not run.
// Told to the library without HTML (renderMode richText, canvas): the pages' policy allows no
// style in markup, and the table beside the plot is what is read aloud.
import * as echarts from "./vendor/echarts.esm.min.mjs";

const dark = matchMedia("(prefers-color-scheme: dark)");
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const SYMBOLS = ["circle", "rect", "diamond", "triangle", "path://M0,10L-10,-8L10,-8z",
  "path://M-10,-7L-7,-10L0,-3L7,-10L10,-7L3,0L10,7L7,10L0,3L-7,10L-10,7L-3,0z"];
const DASHES = ["solid", [7, 3], [2, 3], [9, 3, 2, 3], [4, 2], [12, 4]];
// Beyond six series, colours and shapes meet in other pairs; as in the server's drawing.
const turned = (number) => (number + Math.floor(number / 6)) % 6;
const FONT = 'system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif';

// The same rule as the server's: thousands parted from 10,000 on, so that years stay years.
function said(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "open";
  const size = Math.abs(value);
  if (size && (size >= 1e12 || size < 1e-4)) return value.toPrecision(4);
  if (Number.isInteger(value)) return size >= 10000 ? value.toLocaleString("en") : String(value);
  return size >= 10000
    ? value.toLocaleString("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 })
    : String(Number(value.toPrecision(6)));
}

const wide = (series) => series.kind === "intervals" || series.kind === "band";

function told(plot, series, point) {
  const x = typeof point[0] === "number" ? `${plot.x} ${said(point[0])}` : point[0];
  const ends = wide(series) ? `${said(point[2])} to ${said(point[3])}` : "";
  const y = point[1] === null ? ends : `${said(point[1])}${ends && ` (${ends})`}`;
  const lead = plot.series.length > 1 && series.name ? `${series.name}\n` : "";
  return `${lead}${x}\n${plot.y}: ${y}`;
}

class View {
  constructor(place) {
    this.place = place;
    this.plot = JSON.parse(place.dataset.plot);
    this.drawn = place.querySelector(".headstamp-plot");
    this.frame = JSON.parse(place.dataset.frame);
    this.sideways = this.frame.sideways;
    this.words = this.frame.x === null;
    this.at = [0, -1];
    this.off = new Set();
    this.part = [0, 100];
    this.box = document.createElement("div");
    this.box.className = "plot-live";
    this.box.tabIndex = 0;
    this.box.setAttribute("role", "application");
    this.box.setAttribute("aria-label",
      `${this.plot.title}. Left and right go from value to value, up and down from series to series, plus and minus show less or more, 0 all. The table has every number.`);
    this.told = document.createElement("p");
    this.told.className = "plot-told quiet";
    this.told.setAttribute("aria-live", "polite");
    this.told.textContent = this.hint();
    this.box.style.height = `${Math.round(this.frame.high) + (this.zooms() ? 34 : 8)}px`;
    const title = document.createElement("p");
    title.className = "plot-title";
    title.textContent = this.plot.title;
    this.drawn.after(title, ...this.keys(), this.box, this.told);
    this.drawn.setAttribute("hidden", "");
    this.start();
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.box.addEventListener("blur", () => this.chart.dispatchAction({ type: "hideTip" }));
    new ResizeObserver(() => this.chart.resize()).observe(this.box);
    place.dataset.state = "live";
  }

  hint() {
    const more = this.zooms() ? " Plus and minus, or the bar below it, show a part." : "";
    return `Point at a value, or use the arrow keys, for its exact number.${more}`;
  }

  // The key of the server's drawing, each sample now a button that takes its series out and in.
  keys() {
    if (this.plot.series.length < 2) return [];
    const list = document.createElement("div");
    list.className = "plot-keys";
    list.setAttribute("role", "toolbar");
    list.setAttribute("aria-label", "Series");
    this.drawn.querySelectorAll(".plot-key > g").forEach((sample, number) => {
      const { x, y, height } = sample.getBBox();
      const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      drawn.setAttribute("viewBox", `${x - 1} ${y + height / 2 - 8} 30 16`);
      drawn.setAttribute("width", "30");
      drawn.setAttribute("height", "16");
      drawn.setAttribute("aria-hidden", "true");
      drawn.append(sample.cloneNode(true));
      const button = document.createElement("button");
      button.type = "button";
      button.className = "plain";
      button.setAttribute("aria-pressed", "true");
      button.append(drawn, this.label(this.plot.series[number], number));
      button.addEventListener("click", () => {
        if (this.off.has(number)) this.off.delete(number); else this.off.add(number);
        button.setAttribute("aria-pressed", String(!this.off.has(number)));
        this.chart.dispatchAction({ type: "legendToggleSelect", name: this.label(this.plot.series[number], number) });
      });
      list.append(button);
    });
    return [list];
  }

  zooms() {
    return Math.max(...this.plot.series.map((one) => one.points.length)) > 20;
  }

  names() {
    return [...new Set(this.plot.series.flatMap((one) => one.points.map((p) => String(p[0]))))];
  }

  start() {
    this.chart?.dispose();
    this.chart = echarts.init(this.box, null, { renderer: "canvas" });
    this.chart.setOption(this.option());
    this.chart.on("mouseover", ({ seriesIndex, dataIndex, componentType }) => {
      if (componentType === "series") this.tell(this.owner(seriesIndex), dataIndex);
    });
  }

  // The library's series by number to ours: a band is drawn as two of its own.
  owner(number) {
    return this.owners[number] ?? 0;
  }

  axis(log, words, ends) {
    const ink = colour("--pico-color");
    const line = { lineStyle: { color: ink, opacity: 0.6 } };
    return {
      type: words ? "category" : log ? "log" : "value", data: words || undefined,
      min: ends?.[0], max: ends?.[1], interval: this.frame.y === ends && this.frame.step ? this.frame.step : undefined, inverse: Boolean(words && this.sideways),
      axisLine: { show: true, onZero: false, ...line }, axisTick: line,
      axisLabel: { color: ink, fontFamily: FONT, hideOverlap: true,
        // The ends of an axis are where the values end; only round numbers are named.
        showMinLabel: words || ends[0] === 0 || this.frame.y === ends ? null : false,
        showMaxLabel: words || this.frame.y === ends || Number(ends[1].toPrecision(2)) === ends[1] ? null : false,
        ...(words && this.sideways ? { overflow: "truncate", width: Math.min(340, this.box.clientWidth * 0.42), interval: 0 } : {}),
        formatter: words ? undefined : (value) => said(value) },
      splitLine: { show: this.frame.y === ends, lineStyle: { color: ink, opacity: 0.14 } },
    };
  }

  option() {
    const { plot, frame } = this;
    const ink = colour("--pico-color");
    const quiet = colour("--pico-muted-color");
    const x = this.axis(plot.log_x, this.words ? this.names() : null, frame.x);
    const y = this.axis(plot.log_y, null, frame.y);
    this.owners = [];
    const series = plot.series.flatMap((one, number) => this.series(one, number));
    const along = this.sideways ? "yAxisIndex" : "xAxisIndex";
    const zoomed = this.zooms() ? [
      { type: "inside", [along]: 0, zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false, preventDefaultMouseMove: false },
      { type: "slider", [along]: 0, [this.sideways ? "width" : "height"]: 16, showDataShadow: false,
        ...(this.sideways ? { right: 4 } : { bottom: 4 }), textStyle: { color: ink, fontFamily: FONT },
        borderColor: colour("--edge"), fillerColor: colour("--mark"), backgroundColor: "transparent",
        handleStyle: { color: ink, borderColor: ink }, moveHandleStyle: { color: quiet }, brushSelect: false,
        labelFormatter: (at, text) => text || said(at) },
    ] : [];
    const name = (text, log) => (log ? `${text} (logarithmic)` : text);
    const names = [name(plot.x, plot.log_x), name(plot.y, plot.log_y)];
    const [up, foot] = this.sideways ? names : names.reverse();
    const room = this.box.clientWidth - 24;
    const word = (text, where) => ({ type: "text", silent: true, ...where,
      style: { text, fill: ink, font: `12px ${FONT}`, width: room, overflow: "truncate" } });
    return {
      animation: false, textStyle: { fontFamily: FONT, color: ink },
      grid: { left: 12, right: this.sideways && zoomed.length ? 44 : 26, top: 30,
        bottom: (zoomed.length && !this.sideways ? 28 : 4) + 22, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      graphic: [word(up, { left: 10, top: 4 }),
        word(foot, { right: 14, bottom: zoomed.length && !this.sideways ? 26 : 4 })],
      legend: { show: false, data: plot.series.map((one, n) => this.label(one, n)),
        selected: Object.fromEntries(plot.series.map((one, n) => [this.label(one, n), !this.off.has(n)])) },
      tooltip: { trigger: "item", renderMode: "richText", confine: true, transitionDuration: 0,
        backgroundColor: colour("--pico-background-color"), borderColor: colour("--edge"),
        textStyle: { color: ink, fontFamily: FONT },
        formatter: ({ seriesIndex, dataIndex }) => {
          const one = plot.series[this.owner(seriesIndex)];
          return told(plot, one, one.points[dataIndex]);
        } },
      dataZoom: zoomed, [this.sideways ? "yAxis" : "xAxis"]: x, [this.sideways ? "xAxis" : "yAxis"]: y, series,
    };
  }

  label(one, number) {
    return one.name || `series ${number + 1}`;
  }

  at2(x, y) {
    return this.sideways ? [y, this.words ? String(x) : x] : [this.words ? String(x) : x, y];
  }

  series(one, number) {
    const ink = colour(`--plot-${number % 6}`);
    const base = { name: this.label(one, number), itemStyle: { color: ink }, symbol: SYMBOLS[turned(number)] };
    const line = { color: ink, width: 2, type: DASHES[turned(number)] };
    const pairs = one.points.map((p) => this.at2(p[0], p[1]));
    if (!wide(one)) this.owners.push(number);
    if (one.kind === "line" || one.kind === "step") {
      return [{ ...base, type: "line", data: pairs, lineStyle: line, step: one.kind === "step" ? "end" : false,
        showSymbol: one.points.length <= 60, symbolSize: 6, triggerLineEvent: false }];
    }
    if (one.kind === "points") {
      return [{ ...base, type: "scatter", data: pairs, symbolSize: one.points.length > 100 ? 6 : 9 }];
    }
    if (one.kind === "bars") {
      const hollow = number % 4 !== 0;
      return [{ ...base, type: "bar", data: pairs, barMaxWidth: 44, large: false,
        itemStyle: hollow
          ? { color: ink, opacity: 1, borderColor: ink, borderWidth: 1.4,
            decal: { symbol: "rect", color: colour("--pico-background-color"), dashArrayX: number % 4 === 1 ? [1, 0] : [4, 3],
              dashArrayY: number % 4 === 1 ? [8, 2] : [3, 3], rotation: number % 4 === 2 ? Math.PI / 4 : 0 } }
          : { color: ink } }];
    }
    return this.spread(one, number, base, ink);
  }

  // Intervals and bands: drawn by hand, for the library has no such series of its own.
  spread(one, number, base, ink) {
    const data = one.points.map((p) => [p[0], p[1], p[2], p[3]].map((v, i) => (i === 0 && this.words ? String(v) : v)));
    this.owners.push(number);
    const encode = this.sideways ? { y: 0, x: [1, 2, 3] } : { x: 0, y: [1, 2, 3] };
    const place = (api, x, y) => api.coord(this.sideways ? [y, x] : [x, y]);
    const beside = this.plot.series.filter((s) => s.kind === "intervals");
    const shift = (api) => {
      if (!this.words || beside.length < 2) return 0;
      const slot = api.size(this.sideways ? [0, 1] : [1, 0])[this.sideways ? 1 : 0] * 0.72;
      return slot * ((beside.indexOf(one) + 0.5) / beside.length - 0.5);
    };
    const known = (v) => typeof v === "number" && Number.isFinite(v) && (!this.plot.log_y || v > 0);
    const edge = (params, low) => {
      const { x, y, width, height } = params.coordSys;
      return this.sideways ? (low ? x : x + width) : (low ? y + height : y);
    };
    const interval = (params, api) => {
      const row = data[params.dataIndex];
      const sample = place(api, row[0], known(row[1]) ? row[1] : known(row[2]) ? row[2] : row[3]);
      const cross = (this.sideways ? sample[1] : sample[0]) + shift(api);
      const end = (v, low) => (known(v) ? place(api, row[0], v)[this.sideways ? 0 : 1] : edge(params, low));
      const ends = [end(row[2], true), end(row[3], false)];
      const spot = (along, away = 0) => (this.sideways ? [along, cross + away] : [cross + away, along]);
      const style = { stroke: ink, lineWidth: 2, fill: "none" };
      const parts = [{ type: "polyline", shape: { points: [spot(ends[0]), spot(ends[1])] }, style }];
      ends.forEach((along, i) => {
        const back = (this.sideways ? 1 : -1) * (i === 0 ? 1 : -1) * 6;
        const points = known(row[2 + i]) ? [spot(along, -5), spot(along, 5)]
          : [spot(along + back, -5), spot(along), spot(along + back, 5)];
        parts.push({ type: "polyline", shape: { points }, style });
      });
      if (known(row[1])) {
        const [cx, cy] = spot(place(api, row[0], row[1])[this.sideways ? 0 : 1]);
        parts.push(...this.mark(number, cx, cy, ink));
      }
      return { type: "group", children: parts };
    };
    const hit = (params, api) => {
      const row = data[params.dataIndex];
      if (!known(row[2]) || !known(row[3])) return [];
      return [{ type: "polyline", shape: { points: [place(api, row[0], row[2]), place(api, row[0], row[3])] },
        style: { stroke: ink, opacity: 0, lineWidth: 7, fill: "none" } }];
    };
    const area = (params, api) => {
      if (params.dataIndex > 0) return { type: "group", children: hit(params, api) };
      const clean = data.filter((row) => known(row[2]) || known(row[3]));
      const side = (i) => clean.map((row) => {
        const [x, y] = place(api, row[0], known(row[i]) ? row[i] : known(row[1]) ? row[1] : row[5 - i]);
        return known(row[i]) ? [x, y] : this.sideways ? [edge(params, i === 2), y] : [x, edge(params, i === 2)];
      });
      const [low, high] = [side(2), side(3)];
      const stroke = { stroke: ink, lineWidth: 1, lineDash: DASHES[turned(number)] === "solid" ? undefined : DASHES[turned(number)], fill: "none" };
      const middle = clean.filter((row) => known(row[1])).map((row) => place(api, row[0], row[1]));
      return { type: "group", children: [
        { type: "polygon", silent: true, shape: { points: [...high, ...low.slice().reverse()] }, style: { fill: ink, opacity: 0.2 } },
        { type: "polyline", silent: true, shape: { points: high }, style: stroke },
        { type: "polyline", silent: true, shape: { points: low }, style: stroke },
        { type: "polyline", silent: true, shape: { points: middle }, style: { ...stroke, lineWidth: 2 } },
        ...hit(params, api),
      ] };
    };
    return [{ ...base, type: "custom", encode, data, clip: true, z: one.kind === "band" ? 1 : 3,
      renderItem: one.kind === "band" ? area : interval }];
  }

  mark(number, cx, cy, fill) {
    const shape = turned(number);
    if (shape === 0) return [{ type: "circle", shape: { cx, cy, r: 5 }, style: { fill } }];
    if (shape === 5) {
      return [[[-4, -4], [4, 4]], [[-4, 4], [4, -4]]].map((some) => ({ type: "polyline",
        shape: { points: some.map(([x, y]) => [cx + x, cy + y]) }, style: { stroke: fill, lineWidth: 2, fill: "none" } }));
    }
    const corners = { 1: [[-4, -4], [4, -4], [4, 4], [-4, 4]], 2: [[0, -6], [6, 0], [0, 6], [-6, 0]],
      3: [[0, -6], [5, 4], [-5, 4]], 4: [[0, 6], [5, -4], [-5, -4]] }[shape];
    return [{ type: "polygon", shape: { points: corners.map(([x, y]) => [cx + x, cy + y]) }, style: { fill } }];
  }

  // Shows half or twice as much, about the value last told; 0 shows all.
  zoom(key) {
    const [from, to] = this.part;
    const wide = key === "0" ? 100 : Math.min(100, Math.max(1, (to - from) * (key === "-" ? 2 : 0.5)));
    const many = Math.max(1, this.plot.series[this.at[0]].points.length - 1);
    const centre = this.at[1] < 0 ? (from + to) / 2 : (100 * this.at[1]) / many;
    const start = Math.min(100 - wide, Math.max(0, centre - wide / 2));
    this.part = [start, start + wide];
    this.chart.dispatchAction({ type: "dataZoom", start, end: start + wide });
    this.told.textContent = wide === 100 ? "All of it is shown." : `A part is shown: ${Math.round(wide)} % of the axis.`;
  }

  tell(number, index) {
    const one = this.plot.series[number];
    const point = one?.points[index];
    if (!point) return;
    this.at = [number, index];
    this.told.textContent = told(this.plot, one, point).replace("\n", ", ").replace("\n", "; ");
  }

  key(event) {
    const steps = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
    const ends = { Home: 0, End: Infinity }[event.key];
    if (!steps && ends === undefined) {
      if (event.key === "Escape") this.chart.dispatchAction({ type: "hideTip" });
      if ("+-0=".includes(event.key) && this.zooms()) this.zoom(event.key);
      return;
    }
    event.preventDefault();
    let [number, index] = this.at;
    const many = this.plot.series.length;
    if (steps?.[0]) {
      do number = (number + steps[0] + many) % many; while (this.off.has(number) && number !== this.at[0]);
    }
    const last = this.plot.series[number].points.length - 1;
    index = ends === undefined ? Math.min(last, Math.max(0, index + steps[1])) : Math.min(last, ends);
    if (index < 0) index = 0;
    this.tell(number, index);
    const own = this.owners.indexOf(number);
    this.chart.dispatchAction({ type: "showTip", seriesIndex: own, dataIndex: index });
  }
}

const views = [];

function view(place) {
  // What is folded away has no size to be drawn in.
  const folded = place.closest("details:not([open])");
  if (folded) {
    folded.addEventListener("toggle", fresh, { once: true });
    return;
  }
  try {
    views.push(new View(place));
  } catch (error) {
    place.querySelector(".plot-live")?.remove();
    place.querySelectorAll(".plot-told, .plot-keys, .plot-title").forEach((one) => one.remove());
    place.querySelector(".headstamp-plot")?.removeAttribute("hidden");
    place.dataset.state = "still";
    console.warn(`A plot stays as it is: ${error.message}`);
  }
}

const fresh = () => document.querySelectorAll("[data-plot]:not([data-state])").forEach(view);
fresh();
// A long answer comes into the page when it is there.
new MutationObserver(fresh).observe(document.getElementById("main"), { childList: true, subtree: true });
dark.addEventListener("change", () => views.forEach((view) => view.start()));
