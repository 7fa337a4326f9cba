// The map: outlines of countries, the case's points in clusters, years and layers to choose.
// Everything it shows stands in the list beside it too; without this file the list remains.
import { LngLatBounds, Map as MapView, NavigationControl, Popup, ScaleControl } from "./vendor/maplibre-gl.mjs";

const place = document.getElementById("map");
const tools = document.getElementById("map-tools");
const state = document.getElementById("map-state");
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const dark = matchMedia("(prefers-color-scheme: dark)").matches;
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const paint = dark
  ? { sea: "#0e1418", land: "#222c32", edge: "#41505a", name: "#9fb0ba", halo: "#1a2329", ring: "#0e1418" }
  : { sea: "#dfe8ec", land: "#f7f5ef", edge: "#b9c3c9", name: "#65727b", halo: "#f7f5ef", ring: "#ffffff" };
const LAYERS = ["sites", "recoveries", "transfers", "tallies", "countries"];
const EARTH = 6371008.8;

const collection = (features) => ({ type: "FeatureCollection", features });

function circle([lon, lat], metres) {
  const ring = [];
  for (let step = 0; step <= 64; step += 1) {
    const turn = (step / 64) * 2 * Math.PI;
    const north = (metres / EARTH) * Math.cos(turn) * (180 / Math.PI);
    const east = ((metres / EARTH) * Math.sin(turn) * (180 / Math.PI)) / Math.cos((lat * Math.PI) / 180);
    ring.push([lon + east, lat + north]);
  }
  return { type: "Polygon", coordinates: [ring] };
}

// In the file rings jump across the date line and around the pole; filled like that they cover
// half the world. A ring is made continuous, and one that goes round the pole closed over it.
function whole(ring) {
  const line = [ring[0]];
  let turned = 0;
  for (let i = 1; i < ring.length; i += 1) {
    const step = ring[i][0] - ring[i - 1][0];
    if (step > 180) turned -= 360;
    if (step < -180) turned += 360;
    line.push([ring[i][0] + turned, ring[i][1]]);
  }
  const [first, last] = [line[0], line[line.length - 1]];
  if (Math.abs(last[0] - first[0]) < 180) return line;
  const pole = line.reduce((sum, at) => sum + at[1], 0) < 0 ? -85 : 85;
  return [...line, [last[0], pole], [first[0], pole], first];
}

function mended(geometry) {
  const polygon = (rings) => rings.map(whole);
  return geometry.type === "Polygon"
    ? { ...geometry, coordinates: polygon(geometry.coordinates) }
    : { ...geometry, coordinates: geometry.coordinates.map(polygon) };
}

// Where a country's name stands: the middle of its largest part.
function middle(geometry) {
  const parts = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  let best = { size: 0, at: null };
  for (const [ring] of parts) {
    let twice = 0, x = 0, y = 0;
    for (let i = 0; i + 1 < ring.length; i += 1) {
      const cross = ring[i][0] * ring[i + 1][1] - ring[i + 1][0] * ring[i][1];
      twice += cross;
      x += (ring[i][0] + ring[i + 1][0]) * cross;
      y += (ring[i][1] + ring[i + 1][1]) * cross;
    }
    if (Math.abs(twice) > best.size) best = { size: Math.abs(twice), at: [x / (3 * twice), y / (3 * twice)] };
  }
  return best;
}

// Words and numbers are drawn here: no font files have to be carried.
function drawn(id) {
  const number = id.startsWith("n-");
  const text = id.slice(2);
  const size = number ? 12 : 11;
  const font = `${number ? 700 : 400} ${size * 2}px system-ui, "Noto Sans", sans-serif`;
  const measure = document.createElement("canvas").getContext("2d");
  measure.font = font;
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(measure.measureText(text).width) + 12;
  canvas.height = size * 2 + 14;
  const pen = canvas.getContext("2d");
  pen.font = font;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  if (!number) {
    pen.lineWidth = 5;
    pen.lineJoin = "round";
    pen.strokeStyle = paint.halo;
    pen.strokeText(text, canvas.width / 2, canvas.height / 2);
  }
  pen.fillStyle = number ? "#ffffff" : paint.name;
  pen.fillText(text, canvas.width / 2, canvas.height / 2);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

function short(n) {
  return n < 1000 ? String(n) : n < 10000 ? `${(n / 1000).toFixed(1)}k` : `${Math.round(n / 1000)}k`;
}

async function json(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

async function start() {
  const [world, data] = await Promise.all([
    json("/static/vendor/countries-50m.json"),
    place.dataset.features ? JSON.parse(place.dataset.features) : json(place.dataset.source),
  ]);
  const spots = data.features;
  spots.forEach((spot, number) => { spot.properties.number = number; });
  const countries = window.topojson.feature(world, world.objects.countries);
  countries.features.forEach((one) => { one.geometry = mended(one.geometry); });
  const names = countries.features.map((one) => {
    const { size, at } = middle(one.geometry);
    return { type: "Feature", geometry: { type: "Point", coordinates: at },
      properties: { name: `t-${one.properties.name}`, size } };
  }).filter((one) => one.geometry.coordinates);
  const map = new MapView({
    container: place, attributionControl: false, dragRotate: false, pitchWithRotate: false,
    center: [20, 25], zoom: 1.2, minZoom: 0.5, maxZoom: 16, renderWorldCopies: true,
    cooperativeGestures: false,
    locale: { "Map.Title": place.dataset.title || "Map" },
    style: {
      version: 8,
      sources: {
        land: { type: "geojson", data: countries },
        names: { type: "geojson", data: collection(names) },
        unsure: { type: "geojson", data: collection([]) },
        lines: { type: "geojson", data: collection([]) },
        made: { type: "geojson", data: collection([]) },
        spots: { type: "geojson", data: collection([]), cluster: true, clusterRadius: 42, clusterMaxZoom: 13 },
      },
      layers: layers(),
    },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ maxWidth: 110 }), "bottom-left");
  map.setMissingStyleImageResolver((id) => {
    if (/^[nt]-/.test(id) && !map.hasImage(id)) map.addImage(id, drawn(id), { pixelRatio: 2 });
  });
  map.on("idle", () => {
    place.dataset.clusters = String(map.queryRenderedFeatures({ layers: ["clusters"] }).length);
    place.dataset.state = "idle";
  });
  await new Promise((done) => { map.once("load", done); });
  listen(map, spots);
  show(map, spots, true);
}

function layers() {
  const dot = ["match", ["get", "layer"],
    ...LAYERS.flatMap((name) => [name, colour(`--c-${name}`)]), "#777777"];
  return [
    { id: "sea", type: "background", paint: { "background-color": paint.sea } },
    { id: "land", type: "fill", source: "land", paint: { "fill-color": paint.land } },
    { id: "edge", type: "line", source: "land", paint: { "line-color": paint.edge, "line-width": 0.8 } },
    { id: "names", type: "symbol", source: "names", minzoom: 1.5,
      layout: { "icon-image": ["get", "name"], "symbol-sort-key": ["-", 0, ["get", "size"]], "icon-padding": 6 } },
    { id: "unsure", type: "fill", source: "unsure", paint: { "fill-color": dot, "fill-opacity": 0.13 } },
    { id: "unsure-edge", type: "line", source: "unsure",
      paint: { "line-color": dot, "line-width": 1.2, "line-dasharray": [3, 2] } },
    { id: "lines", type: "line", source: "lines",
      paint: { "line-color": colour("--c-transfers"), "line-width": 1.6, "line-opacity": 0.75 } },
    { id: "made", type: "circle", source: "made", paint: {
      "circle-color": colour("--c-countries"), "circle-opacity": 0.8, "circle-stroke-width": 1,
      "circle-stroke-color": paint.ring, "circle-radius": ["get", "size"] } },
    { id: "made-count", type: "symbol", source: "made",
      layout: { "icon-image": ["get", "count"], "symbol-sort-key": ["-", 0, ["get", "items"]] } },
    { id: "clusters", type: "circle", source: "spots", filter: ["has", "point_count"], paint: {
      "circle-color": dark ? "#3b7d95" : "#17323e", "circle-stroke-width": 2, "circle-stroke-color": paint.ring,
      "circle-radius": ["interpolate", ["linear"], ["log10", ["get", "point_count"]], 0, 12, 4, 30] } },
    { id: "cluster-count", type: "symbol", source: "spots", filter: ["has", "point_count"], layout: {
      "icon-image": ["concat", "n-", ["to-string", ["get", "point_count_abbreviated"]]],
      "icon-allow-overlap": true } },
    { id: "spots", type: "circle", source: "spots", filter: ["!", ["has", "point_count"]], paint: {
      "circle-color": dot, "circle-radius": 6.5, "circle-stroke-width": 2, "circle-stroke-color": paint.ring } },
  ];
}

// What is asked by the form: which layers, which years, and whether undated things are shown.
function asked() {
  if (!tools) return { layers: LAYERS, from: -Infinity, to: Infinity, undated: true };
  const given = new FormData(tools);
  const [from, to] = ["from", "to"].map((name) => Number(given.get(name)));
  const timed = tools.elements.from !== undefined;
  return {
    layers: given.getAll("layer"), undated: !timed || given.has("undated"),
    from: timed ? Math.min(from, to) : -Infinity, to: timed ? Math.max(from, to) : Infinity,
  };
}

function fits(spot, wanted) {
  const { layer, dated, first, last } = spot.properties;
  if (!wanted.layers.includes(layer)) return false;
  if (!dated) return wanted.undated;
  return (first ?? -Infinity) <= wanted.to && (last ?? Infinity) >= wanted.from;
}

function show(map, spots, fit) {
  const wanted = asked();
  const shown = spots.filter((spot) => fits(spot, wanted));
  const numbers = new Set(shown.map((spot) => spot.properties.number));
  place.dataset.state = "busy";
  place.dataset.shown = String(shown.length);
  map.getSource("spots").setData(collection(shown.filter((s) => s.properties.layer !== "countries")));
  map.getSource("unsure").setData(collection(shown.filter((s) => s.properties.radius > 0).map((s) => ({
    ...s, geometry: circle(s.geometry.coordinates, s.properties.radius) }))));
  map.getSource("lines").setData(collection(shown.filter((s) => s.properties.line).map((s) => ({
    ...s, geometry: { type: "LineString", coordinates: [s.geometry.coordinates, s.properties.line] } }))));
  map.getSource("made").setData(collection(made(shown)));
  document.querySelectorAll("[data-spot]").forEach((row) => {
    row.hidden = !numbers.has(Number(row.dataset.spot));
  });
  const years = document.getElementById("years");
  if (years) years.value = `${wanted.from} to ${wanted.to}`;
  if (state && tools) state.textContent = `${shown.length} of ${spots.length} points shown`;
  if (fit && shown.length) {
    const box = new LngLatBounds();
    shown.forEach((spot) => box.extend(spot.geometry.coordinates));
    map.fitBounds(box, { padding: 56, maxZoom: place.dataset.zoom ? Number(place.dataset.zoom) : 9, animate: false });
  }
}

function made(shown) {
  const some = shown.filter((spot) => spot.properties.layer === "countries");
  const most = Math.max(1, ...some.map((spot) => spot.properties.items));
  return some.map((spot) => ({ ...spot, properties: { ...spot.properties,
    size: 9 + 21 * Math.sqrt(spot.properties.items / most),
    count: `n-${short(spot.properties.items)}` } }))
    .sort((a, b) => b.properties.items - a.properties.items);
}

function listen(map, spots) {
  if (tools) {
    tools.addEventListener("input", () => show(map, spots, false));
    tools.addEventListener("submit", (event) => event.preventDefault());
  }
  const single = ["spots", "made"];
  map.on("click", async (event) => {
    const [cluster] = map.queryRenderedFeatures(event.point, { layers: ["clusters"] });
    if (cluster) {
      const zoom = await map.getSource("spots").getClusterExpansionZoom(cluster.properties.cluster_id);
      map.easeTo({ center: cluster.geometry.coordinates, zoom: zoom + 0.2, animate: !calm });
      return;
    }
    const found = map.queryRenderedFeatures(event.point, { layers: single });
    const here = [...new Set(found.map((one) => one.properties.number))].slice(0, 8);
    if (here.length) tell(map, here.map((number) => spots[number]));
  });
  for (const layer of [...single, "clusters"]) {
    map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
  }
  document.querySelectorAll("[data-find]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const spot = spots[Number(button.dataset.find)];
      const far = spot.properties.layer === "countries" ? 3.5 : 14;
      map.jumpTo({ center: spot.geometry.coordinates, zoom: Math.max(Math.min(map.getZoom(), 14), far) });
      tell(map, [spot]);
      place.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
    });
  });
}

function tell(map, some) {
  document.querySelectorAll(".maplibregl-popup").forEach((one) => one.remove());
  const box = document.createElement("div");
  for (const { properties } of some) {
    const line = document.createElement("p");
    const link = document.createElement("a");
    link.href = properties.to;
    link.dir = "auto";
    link.textContent = properties.label;
    const more = document.createElement("span");
    more.className = "quiet";
    const radius = properties.radius
      ? `within ${properties.radius >= 1000 ? `${properties.radius / 1000} km` : `${properties.radius} m`}` : "";
    more.textContent = ` ${[properties.what, properties.when, radius].filter(Boolean).join(", ")}`;
    line.append(link, more);
    box.append(line);
  }
  new Popup({ maxWidth: "18rem", focusAfterOpen: false })
    .setLngLat(some[0].geometry.coordinates).setDOMContent(box).addTo(map);
}

if (place) {
  start().catch((error) => {
    place.dataset.state = "failed";
    if (state) state.textContent = `The map cannot be drawn here (${error.message}); the list says the same.`;
  });
}
