// The photograph of a marking: nearer, moved, turned and lit otherwise. Only the view changes.
// On the page that marks a part of it, the part is drawn here too and written into the form,
// where it can be typed as well. Without this file the picture and the form remain.

const place = document.querySelector("[data-stage]");
if (place) start(place);

function start(place) {
  const stage = place.querySelector(".stage");
  const layers = [...stage.querySelectorAll("svg")];
  const groups = layers.map((one) => one.querySelector("g"));
  const outlines = [...stage.querySelectorAll("rect")];
  const told = place.querySelector("[data-told]");
  const width = Number(place.dataset.width);
  const height = Number(place.dataset.height);
  const draws = place.dataset.draw !== undefined;
  const fields = ["x", "y", "width", "height"].map((name) => document.querySelector(`[data-part=${name}]`));
  const settings = Object.fromEntries(
    [...place.querySelectorAll("[data-set]")].map((one) => [one.dataset.set, one]));
  const whole = { x: 0, y: 0, width, height };
  const box = layers[0].viewBox.baseVal;
  const first = { x: box.x, y: box.y, width: box.width, height: box.height };
  let part = partOf(outlines[0]);
  // The point of the picture in the middle, how many pixels of the screen one of its pixels is, its turn.
  const view = { x: 0, y: 0, scale: 1, turn: 0 };
  let touched = false;

  place.querySelectorAll("[data-needs-script]").forEach((one) => { one.hidden = false; });
  stage.dataset.live = "";
  stage.tabIndex = 0;
  stage.setAttribute("role", "application");
  stage.setAttribute("aria-label", draws ? "The photograph, to draw the part on" : "The photograph, to look at closely");

  function partOf(rect) {
    const [x, y, w, h] = ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name)) || 0);
    return w && h ? { x, y, width: w, height: h } : null;
  }
  const radians = () => (view.turn * Math.PI) / 180;
  const size = () => ({ width: stage.clientWidth || 1, height: stage.clientHeight || 1 });
  const mode = () => (draws ? document.querySelector("input[name=mode]:checked").value : "move");
  const within = (low, value, high) => Math.min(Math.max(value, low), high);

  // From a step on the screen to a step on the picture, which may be turned.
  function unturned(dx, dy) {
    const turn = -radians();
    return [(dx * Math.cos(turn) - dy * Math.sin(turn)) / view.scale,
      (dx * Math.sin(turn) + dy * Math.cos(turn)) / view.scale];
  }
  function at(event) {
    const box = stage.getBoundingClientRect();
    const [dx, dy] = unturned(event.clientX - box.left - stage.clientLeft - size().width / 2,
      event.clientY - box.top - stage.clientTop - size().height / 2);
    return { x: view.x + dx, y: view.y + dy };
  }
  const fitting = (box) => {
    const [c, s] = [Math.abs(Math.cos(radians())), Math.abs(Math.sin(radians()))];
    return Math.min(size().width / (box.width * c + box.height * s),
      size().height / (box.width * s + box.height * c));
  };
  function show(box) {
    view.scale = fitting(box);
    view.x = box.x + box.width / 2;
    view.y = box.y + box.height / 2;
  }
  function around(box) {
    const margin = 0.15 * Math.max(box.width, box.height);
    return { x: box.x - margin, y: box.y - margin, width: box.width + 2 * margin, height: box.height + 2 * margin };
  }
  function nearer(factor, on = null) {
    const least = fitting(whole) / 2;
    const scale = within(least, view.scale * factor, Math.max(40, least));
    if (on) {
      // What lies under the pointer stays under it.
      view.x = on.x + (view.x - on.x) * (view.scale / scale);
      view.y = on.y + (view.y - on.y) * (view.scale / scale);
    }
    view.scale = scale;
  }
  function move(dx, dy) {
    const [x, y] = unturned(dx, dy);
    view.x -= x;
    view.y -= y;
  }
  function turn(by) {
    view.turn = ((view.turn + by + 540) % 360) - 180;
    settings.turn.value = view.turn;
  }

  let saying = 0;
  function draw() {
    view.x = within(0, view.x, width);
    view.y = within(0, view.y, height);
    const [w, h] = [size().width / view.scale, size().height / view.scale];
    layers.forEach((one) => one.setAttribute("viewBox", `${view.x - w / 2} ${view.y - h / 2} ${w} ${h}`));
    groups.forEach((one) => one.setAttribute("transform", `rotate(${view.turn} ${view.x} ${view.y})`));
    layers[0].style.filter = [
      `brightness(${settings.brightness.value}%)`, `contrast(${settings.contrast.value}%)`,
      settings.grey.checked ? "grayscale(1)" : "", settings.invert.checked ? "invert(1)" : "",
    ].join(" ");
    layers[1].style.visibility = settings.outline.checked ? "" : "hidden";
    for (const rect of outlines) {
      for (const name of ["x", "y", "width", "height"]) rect.setAttribute(name, part ? part[name] : 0);
    }
    clearTimeout(saying);
    saying = setTimeout(() => {
      const drawn = draws && part ? ` The part: ${part.width} by ${part.height} pixels.` : "";
      told.textContent = `Shown at ${Math.round(view.scale * 100)} per cent` +
        (view.turn ? `, turned by ${view.turn} degrees.` : ".") + drawn;
    }, 250);
  }

  // -- the part

  function mark(box) {
    const x = within(0, Math.round(box.x), width - 2);
    const y = within(0, Math.round(box.y), height - 2);
    part = {
      x, y, width: within(2, Math.round(box.width), width - x),
      height: within(2, Math.round(box.height), height - y),
    };
    fields.forEach((field) => { field.value = part[field.dataset.part]; });
  }
  function between(one, other) {
    const [left, right] = [one.x, other.x].map((v) => within(0, v, width)).sort((a, b) => a - b);
    const [top, bottom] = [one.y, other.y].map((v) => within(0, v, height)).sort((a, b) => a - b);
    return { x: left, y: top, width: right - left, height: bottom - top };
  }
  function typed() {
    const [x, y, w, h] = fields.map((field) => (/^\d+$/.test(field.value.trim()) ? Number(field.value) : NaN));
    part = w >= 2 && h >= 2 && x + w <= width && y + h <= height ? { x, y, width: w, height: h } : null;
    draw();
  }
  function shift(dx, dy, event) {
    const step = event.altKey ? 1 : Math.max(1, Math.round(12 / view.scale));
    if (!part) {
      const [w, h] = [Math.min(width, size().width / view.scale) / 2, Math.min(height, size().height / view.scale) / 4];
      mark({ x: view.x - w / 2, y: view.y - h / 2, width: w, height: h });
    } else if (event.shiftKey) {
      mark({ ...part, width: Math.max(2, part.width + dx * step), height: Math.max(2, part.height + dy * step) });
    } else {
      mark({
        ...part, x: within(0, part.x + dx * step, width - part.width),
        y: within(0, part.y + dy * step, height - part.height),
      });
    }
  }

  // -- what a person does

  const does = {
    in: () => nearer(1.4),
    out: () => nearer(1 / 1.4),
    whole: () => show(whole),
    part: () => show(part ? around(part) : whole),
    left: () => turn(-90),
    right: () => turn(90),
    reset: () => {
      view.turn = 0;
      Object.assign(settings.turn, { value: 0 });
      Object.assign(settings.brightness, { value: 100 });
      Object.assign(settings.contrast, { value: 100 });
      settings.grey.checked = settings.invert.checked = false;
      settings.outline.checked = true;
      show(draws ? whole : first);
    },
  };
  place.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button) return;
    touched = true;
    does[button.dataset.do]();
    draw();
  });
  place.addEventListener("input", (event) => {
    if (event.target === settings.turn) {
      touched = true;
      view.turn = Number(settings.turn.value);
    }
    if (event.target.dataset.set) draw();
    if (event.target.name === "mode") stage.dataset.mode = mode();
  });
  fields.forEach((field) => field?.addEventListener("input", typed));

  const STEP = 40;
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const keys = { "+": "in", "=": "in", "-": "out", "0": "whole", r: "part", "[": "left", "]": "right" };
  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey) return;
    const arrow = arrows[event.key];
    if (arrow && mode() === "draw") shift(arrow[0], arrow[1], event);
    else if (arrow) move(-arrow[0] * STEP, -arrow[1] * STEP);
    else if (keys[event.key]) does[keys[event.key]]();
    else return;
    touched = true;
    event.preventDefault();
    event.stopPropagation();
    draw();
  });

  const down = new Map();
  let from = null;
  const apart = () => {
    const [one, other] = [...down.values()];
    return Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
  };
  stage.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    stage.setPointerCapture(event.pointerId);
    stage.focus({ preventScroll: true });
    down.set(event.pointerId, event);
    from = mode() === "draw" && down.size === 1 ? at(event) : null;
    event.preventDefault();
  });
  stage.addEventListener("pointermove", (event) => {
    const last = down.get(event.pointerId);
    if (!last) return;
    touched = true;
    if (down.size === 2) {
      const before = apart();
      down.set(event.pointerId, event);
      if (before > 0) nearer(apart() / before, at(event));
    } else if (from) {
      mark(between(from, at(event)));
    } else {
      move(event.clientX - last.clientX, event.clientY - last.clientY);
    }
    down.set(event.pointerId, event);
    draw();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    stage.addEventListener(end, (event) => { down.delete(event.pointerId); from = null; });
  }
  // The wheel belongs to the page until the picture has been taken up.
  stage.addEventListener("wheel", (event) => {
    if (document.activeElement !== stage && !event.ctrlKey) return;
    event.preventDefault();
    touched = true;
    nearer(Math.exp(-within(-200, event.deltaY, 200) / 400), at(event));
    draw();
  }, { passive: false });

  new ResizeObserver(() => {
    if (!touched) show(draws && !part ? whole : first);
    draw();
  }).observe(stage);
  stage.dataset.mode = mode();
  if (draws && fields.every((field) => field.value.trim())) typed();
  show(draws && !part ? whole : first);
  draw();
}
