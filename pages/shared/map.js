// Draws the units of a province on a canvas, coloured by class.
//
// Before it stands `FIXED`: outlines and names of the units, and what else is the same for every map of them (see
// map_component.py). A map sends nothing but its classes, one class a unit, and a few words.
const SHOWN = new Set();
// A map is as high as the window leaves below headline and filters, so that it is seen whole.
const AROUND_PX = 340;
const LEAST_HEIGHT_PX = 440;
// {0} is a value, {3:0/1} the share of {0} in {1} where {3} says nothing, {0?one|several} a word that goes with a number.
const PLACE = /\{(\d)(?::(\d)\/(\d)|\?([^|]*)\|([^}]*))?\}/g;
const CSS = `
  .map { position: relative; color: var(--st-text-color); font-family: var(--st-font); }
  .stage { position: relative; overflow: hidden; }
  canvas { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; }
  canvas.top { cursor: pointer; outline-offset: -3px; touch-action: pan-y; }
  canvas.top:focus-visible { outline: 3px solid var(--st-primary-color); }
  .tip { position: absolute; pointer-events: none; z-index: 2; max-width: 280px; padding: 6px 10px; font-size: 14px;
    line-height: 1.4; background: var(--st-background-color); border: 1px solid var(--st-text-color);
    border-radius: 6px; }
  .tip b, .tip span { display: block; }
  .zoom { position: absolute; right: 8px; top: 8px; display: flex; flex-direction: column; gap: 4px; z-index: 1; }
  button { font: inherit; color: inherit; background: var(--st-background-color); cursor: pointer;
    border: 1px solid var(--st-border-color); border-radius: 6px; }
  .zoom button { width: 32px; height: 32px; font-size: 18px; line-height: 1; }
  .legend { display: flex; flex-wrap: wrap; gap: 2px 4px; margin: 0 0 4px; padding: 0; list-style: none; font-size: 14px; }
  .legend button { display: flex; align-items: center; gap: 6px; padding: 2px 8px; border-color: transparent; }
  .legend button[aria-pressed="true"] { border-color: var(--st-text-color); }
  .legend canvas { position: static; width: 22px; height: 16px; flex: none; }
  @media print { .zoom, .tip { display: none; } }
  .live { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
`;

class Outlines {
  constructor({ units, outlines }) {
    const names = Object.fromEntries(units.map(([code, ...named]) => [code, named]));
    const rows = rowsOf(units.map(([code]) => code));
    Object.assign(this, { names, rows, width: outlines.width, height: outlines.height });
    this.units = new Map(Object.entries(outlines.units).map(([code, rings]) => [code, readShape(rings)]));
    const districtNames = Object.fromEntries(Object.values(names).map(([, name, code]) => [code, bare(name)]));
    this.districts = Object.entries(outlines.districts ?? {}).map(([code, rings]) => ({ code, name: districtNames[code], ...readShape(rings) }));
    this.scratch = document.createElement("canvas").getContext("2d");
  }

  holds({ path, box }, x, y) {
    const near = x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3];
    return near && this.scratch.isPointInPath(path, x, y, "evenodd");
  }

  at(x, y) {
    for (const [code, shape] of this.units) {
      if (this.holds(shape, x, y)) return code;
    }
    return null;
  }

  // The points of a coarse grid that lie inside the shape, those nearest to the middle of its box first.
  inside(shape) {
    shape.inside ??= (() => {
      const [left, top, right, bottom] = shape.box;
      const inside = [];
      for (let i = 1; i < 8; i++) {
        for (let j = 1; j < 8; j++) {
          const [x, y] = [left + (i / 8) * (right - left), top + (j / 8) * (bottom - top)];
          if (this.holds(shape, x, y)) inside.push([Math.hypot(i - 4, j - 4), x, y]);
        }
      }
      inside.sort((a, b) => a[0] - b[0]);
      return inside.length ? inside.map(([, x, y]) => [x, y]) : [[(left + right) / 2, (top + bottom) / 2]];
    })();
    return shape.inside;
  }

  middle(shape) {
    return this.inside(shape)[0];
  }
}

function rowsOf(codes) {
  return new Map(codes.map((code, row) => [code, row]));
}

// A name on the map goes without its kind.
function bare(name) {
  return name?.replace(/^(Xã|Phường|Thị trấn|Huyện|Thị xã|Thành phố) /, "");
}

// What stands at a place of a line, undefined where there is nothing to be told.
function told(values, [, n, part, whole, one, several]) {
  if (one !== undefined) return values[n] === 1 ? one : several;
  if (part !== undefined) return values[n] ?? (values[part] === null ? undefined : share(values[part], values[whole]));
  return typeof values[n] === "number" ? write(values[n]) : values[n] || undefined;
}

function write(whole) {
  return String(whole).replace(/\B(?=(\d{3})+$)/g, FIXED.signs.thousands);
}

// Half a tenth is rounded up, exactly.
function share(part, whole) {
  const tenths = Math.floor((2000 * part + whole) / (2 * whole));
  return `${write(Math.floor(tenths / 10))}${FIXED.signs.decimal}${tenths % 10}${FIXED.signs.percent}`;
}

function readShape(rings) {
  const path = new Path2D();
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings) {
    let [x, y] = [0, 0];
    for (let i = 0; i < ring.length; i += 2) {
      x += ring[i];
      y += ring[i + 1];
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
      i ? path.lineTo(x, y) : path.moveTo(x, y);
    }
    path.closePath();
  }
  return { path, box };
}

// Words stand clear of hatching and discs: their outline has the colour of the ground.
function outlined(pen, words, x, y) {
  pen.strokeText(words, x, y);
  pen.fillText(words, x, y);
}

function element(parent, tag, properties = {}) {
  return parent.appendChild(Object.assign(document.createElement(tag), properties));
}

class MapView {
  constructor(root) {
    this.box = element(root, "div", { className: "map" });
    element(this.box, "style", { textContent: CSS });
    this.legend = element(this.box, "ul", { className: "legend" });
    this.stage = element(this.box, "div", { className: "stage" });
    this.base = element(this.stage, "canvas");
    this.top = element(this.stage, "canvas", { className: "top", tabIndex: 0 });
    this.top.setAttribute("role", "application");
    this.tip = element(this.stage, "div", { className: "tip", hidden: true });
    const zoom = element(this.stage, "div", { className: "zoom" });
    for (const [i, factor] of [1.5, 1 / 1.5, 0].entries()) {
      const button = element(zoom, "button", { type: "button", textContent: factor > 1 ? "+" : factor ? "−" : "⤢", onclick: () => this.zoomBy(factor) });
      button.setAttribute("aria-label", FIXED.zoom[i]);
    }
    this.live = element(this.box, "div", { className: "live" });
    this.live.setAttribute("aria-live", "polite");
    this.outlines = OUTLINES;
    this.zoomed = 1;
    this.shift = [0, 0];
    this.resized = new ResizeObserver(() => this.draw());
    this.listen();
  }

  listen() {
    let held = null;
    this.top.onpointermove = (event) => {
      if (held) {
        this.shift = [held.shift[0] + event.offsetX - held.x, held.shift[1] + event.offsetY - held.y];
        held.moved ||= Math.hypot(event.offsetX - held.x, event.offsetY - held.y) > 4;
        return this.draw();
      }
      point(this, this.at(event.offsetX, event.offsetY), [event.offsetX, event.offsetY]);
    };
    this.top.onpointerdown = (event) => {
      held = { x: event.offsetX, y: event.offsetY, shift: this.shift, moved: false };
      if (this.zoomed > 1) this.top.setPointerCapture(event.pointerId);
    };
    this.top.onpointerup = (event) => {
      const clicked = held && !held.moved && this.at(event.offsetX, event.offsetY);
      held = null;
      if (!clicked) return;
      // A finger has no hover: its first tap tells, the second opens.
      if (event.pointerType === "touch" && clicked !== this.pointed) point(this, clicked, [event.offsetX, event.offsetY]);
      else this.choose(clicked);
    };
    this.top.onpointerleave = (event) => {
      held = null;
      if (event.pointerType !== "touch") point(this, null);
    };
    this.top.onwheel = (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      this.zoomBy(event.deltaY < 0 ? 1.2 : 1 / 1.2, [event.offsetX, event.offsetY]);
    };
    this.top.onkeydown = (event) => this.onKey(event);
    this.top.onblur = () => point(this, null);
  }

  onKey(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (way) {
      event.preventDefault();
      point(this, this.neighbour(way));
    } else if (event.key === "Enter" && this.pointed) {
      this.choose(this.pointed);
    } else if (event.key === "+" || event.key === "-") {
      this.zoomBy(event.key === "+" ? 1.5 : 1 / 1.5);
    } else if (event.key === "Escape") {
      this.zoomBy(0);
      point(this, null);
    }
  }

  // The unit that lies nearest in a direction; what lies aside counts double.
  neighbour([dx, dy]) {
    const middle = (code) => this.outlines.middle(this.outlines.units.get(code));
    if (!this.pointed) return this.data.selected ?? this.outlines.units.keys().next().value;
    const [x, y] = middle(this.pointed);
    let [best, least] = [this.pointed, Infinity];
    for (const code of this.outlines.units.keys()) {
      const [u, v] = middle(code);
      const [ahead, aside] = [(u - x) * dx + (v - y) * dy, Math.abs((u - x) * dy) + Math.abs((v - y) * dx)];
      if (ahead > 0 && ahead >= aside / 2 && ahead + 2 * aside < least) [best, least] = [code, ahead + 2 * aside];
    }
    return best;
  }

  choose(code) {
    if (this.rows.has(code)) this.component.setTriggerValue("unit", code);
  }

  update(component) {
    this.component = component;
    this.data = component.data.map;
    const [codes, numbers, ...told] = JSON.parse(this.data.units);
    Object.assign(this, { rows: codes ? rowsOf(codes) : this.outlines.rows, numbers, told });
    const room = window.innerHeight - AROUND_PX;
    const asWide = (this.stage.clientWidth * this.outlines.height) / this.outlines.width;
    this.stage.style.height = `${Math.min(asWide, this.data.height, Math.max(LEAST_HEIGHT_PX, room))}px`;
    this.top.setAttribute("aria-label", this.data.alt);
    this.only = null;
    this.fillLegend();
    this.draw();
    this.resized.observe(this.stage);
    SHOWN.add(this);
  }

  fillLegend() {
    this.legend.replaceChildren();
    this.data.classes.forEach((shown, index) => {
      if (!shown.count) return;
      const button = element(element(this.legend, "li"), "button", { type: "button" });
      const swatch = element(button, "canvas", { width: 44, height: 32 });
      const pen = swatch.getContext("2d");
      pen.fillStyle = this.fill(pen, shown, 0.5);
      pen.fillRect(0, 0, 44, 32);
      pen.strokeStyle = this.colour("--st-text-color");
      pen.strokeRect(0.5, 0.5, 43, 31);
      element(button, "span", { textContent: `${shown.sign ? shown.sign + " " : ""}${shown.label}: ${shown.count}` });
      button.setAttribute("aria-pressed", "false");
      button.onclick = () => {
        this.only = this.only === index ? null : index;
        for (const b of this.legend.querySelectorAll("button")) b.setAttribute("aria-pressed", String(b === button && this.only === index));
        this.draw();
      };
    });
  }

  colour(name) {
    return getComputedStyle(this.box).getPropertyValue(name).trim();
  }

  // `unit` is how long a screen pixel is in the drawing's own measure.
  fill(pen, shown, unit) {
    if (!shown.pattern) return shown.colour;
    const tile = document.createElement("canvas");
    tile.width = tile.height = 16;
    const ink = tile.getContext("2d");
    ink.fillStyle = shown.colour;
    ink.fillRect(0, 0, 16, 16);
    ink.strokeStyle = ink.fillStyle = FIXED.ink.pattern;
    ink.lineWidth = 2;
    ink.beginPath();
    if (shown.pattern === "dots") {
      ink.arc(8, 8, 2.5, 0, 7);
      ink.fill();
    } else {
      for (const at of [-16, 0, 16]) {
        ink.moveTo(at - 2, 18);
        ink.lineTo(at + 18, -2);
        if (shown.pattern === "cross") {
          ink.moveTo(at - 2, -2);
          ink.lineTo(at + 18, 18);
        }
      }
      ink.stroke();
    }
    const pattern = pen.createPattern(tile, "repeat");
    pattern.setTransform(new DOMMatrix().scale(0.5 * unit));
    return pattern;
  }

  // The row of what is shown of a unit; on a map of districts, of its district.
  rowOf(code) {
    return this.rows.get(code) ?? this.rows.get(this.outlines.names[code][2]);
  }

  classOf(code) {
    return this.numbers[this.rowOf(code)];
  }

  shapeOf(code) {
    const district = this.rows.has(code) ? null : this.outlines.names[code]?.[2];
    return this.outlines.districts.find((d) => d.code === district) ?? this.outlines.units.get(code);
  }

  frame() {
    const [width, height] = [this.stage.clientWidth, this.stage.clientHeight];
    const scale = this.zoomed * Math.min((width - 12) / this.outlines.width, (height - 12) / this.outlines.height);
    const [left, top] = [(width - scale * this.outlines.width) / 2, (height - scale * this.outlines.height) / 2];
    return { width, height, scale, left: left + this.shift[0], top: top + this.shift[1], pixels: window.devicePixelRatio || 1 };
  }

  // By how much lines are thinner where so many shapes are smaller than `pixels`: of a country nothing else would be seen.
  thin(f, shapes, pixels) {
    return Math.min(1, (f.scale * Math.sqrt((this.outlines.width * this.outlines.height) / shapes)) / pixels);
  }

  begin(canvas, f) {
    canvas.width = f.width * f.pixels;
    canvas.height = f.height * f.pixels;
    const pen = canvas.getContext("2d");
    pen.setTransform(f.scale * f.pixels, 0, 0, f.scale * f.pixels, f.left * f.pixels, f.top * f.pixels);
    pen.lineJoin = "round";
    return pen;
  }

  draw() {
    if (!this.stage.clientWidth) return;
    const f = this.frame();
    const pen = this.begin(this.base, f);
    const fills = this.data.classes.map((shown) => this.fill(pen, shown, 1 / f.scale));
    const edge = 0.8 * this.thin(f, this.outlines.units.size, 12);
    pen.lineWidth = edge / f.scale;
    pen.strokeStyle = FIXED.ink.edge;
    for (const [code, { path }] of this.outlines.units) {
      const number = this.classOf(code);
      if (number === undefined) continue;
      pen.globalAlpha = this.only === null || this.only === number ? 1 : 0.12;
      pen.fillStyle = fills[number];
      pen.fill(path, "evenodd");
      if (edge > 0.25) pen.stroke(path);
    }
    pen.globalAlpha = 1;
    pen.strokeStyle = this.colour("--st-text-color");
    pen.lineWidth = (1.2 / f.scale) * this.thin(f, this.outlines.districts.length, 30);
    for (const { path } of this.outlines.districts) pen.stroke(path);
    this.drawDiscs(pen, f);
    this.write(pen, f);
    this.drawTop();
  }

  // Their area, not their radius, is what the eye compares.
  drawDiscs(pen, f) {
    const sizes = Object.entries(this.data.sizes).sort((a, b) => b[1] - a[1]);
    const largest = sizes[0]?.[1];
    pen.fillStyle = `${FIXED.ink.disc}66`;
    pen.strokeStyle = FIXED.ink.ring;
    pen.lineWidth = 1 / f.scale;
    for (const [code, size] of sizes) {
      const [x, y] = this.outlines.middle(this.outlines.units.get(code));
      pen.beginPath();
      pen.arc(x, y, (18 * Math.sqrt(size / largest) * Math.sqrt(this.zoomed)) / f.scale, 0, 7);
      pen.fill();
      pen.stroke();
    }
  }

  write(pen, f) {
    pen.setTransform(f.pixels, 0, 0, f.pixels, 0, 0);
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineWidth = 3;
    const font = this.colour("--st-font") || "sans-serif";
    const onScreen = ([x, y]) => [f.left + x * f.scale, f.top + y * f.scale];
    const signs = [];
    // From afar the districts' names tell where one is, from near the communes'.
    const overview = this.outlines.districts.length && this.zoomed < 1.5;
    for (const [code, shape] of this.outlines.units) {
      const size = Math.min(shape.box[2] - shape.box[0], shape.box[3] - shape.box[1]) * f.scale;
      if (size < 14) continue;
      const number = this.classOf(code);
      if (number === undefined || (this.only !== null && this.only !== number)) continue;
      const [x, y] = onScreen(this.outlines.middle(shape));
      const inside = (dx, dy) => this.outlines.holds(shape, (x + dx - f.left) / f.scale, (y + dy - f.top) / f.scale);
      const shown = this.data.classes[number];
      pen.fillStyle = shown.ink;
      pen.strokeStyle = shown.ink === FIXED.ink.ring ? shown.colour : FIXED.ink.ring;
      const short = bare(this.outlines.names[code][0]);
      pen.font = `11px ${font}`;
      const half = pen.measureText(short).width / 2;
      const named = !overview && [-half, half].every((dx) => inside(dx, -8) && inside(dx, 12));
      if (named) outlined(pen, short, x, y + (shown.sign ? 7 : 0));
      if (shown.sign) {
        pen.font = `600 13px ${font}`;
        outlined(pen, shown.sign, x, y - (named ? 7 : 0));
        signs.push([x - 6, y - 7, x + 6, y + 7]);
      }
    }
    pen.font = `600 12px ${font}`;
    pen.strokeStyle = this.colour("--st-background-color");
    pen.fillStyle = this.colour("--st-text-color");
    // A name stands where it covers the fewest signs, never on another name, else not at all.
    const names = [];
    for (const shape of overview ? this.outlines.districts : []) {
      const half = pen.measureText(shape.name).width / 2;
      const covered = (box, others) => others.filter((o) => o[0] < box[2] && box[0] < o[2] && o[1] < box[3] && box[1] < o[3]).length;
      const [best] = this.outlines
        .inside(shape)
        .map(onScreen)
        .map(([x, y]) => [x - half - 2, y - 8, x + half + 2, y + 8])
        .filter((box) => box[0] >= 0 && box[2] <= f.width && !covered(box, names))
        .sort((a, b) => covered(a, signs) - covered(b, signs));
      if (!best) continue;
      names.push(best);
      const [x, y] = [best[0] + half + 2, best[1] + 8];
      outlined(pen, shape.name, x, y);
    }
  }

  drawTop() {
    const f = this.frame();
    const pen = this.begin(this.top, f);
    const mark = (code, width) => {
      const shape = code && this.shapeOf(code);
      if (!shape) return;
      pen.strokeStyle = this.colour("--st-background-color");
      pen.lineWidth = (width + 3) / f.scale;
      pen.stroke(shape.path);
      pen.strokeStyle = this.colour("--st-text-color");
      pen.lineWidth = width / f.scale;
      pen.stroke(shape.path);
    };
    mark(this.data.selected, 3);
    mark(this.pointed, 2.5);
  }

  at(x, y) {
    const f = this.frame();
    return this.outlines.at((x - f.left) / f.scale, (y - f.top) / f.scale);
  }

  point(code, place) {
    const told = code && this.rowOf(code) !== undefined ? code : null;
    if (told !== this.pointed) {
      this.pointed = told;
      this.drawTop();
      if (told) this.describe(told);
    }
    this.tip.hidden = !told;
    if (!told) return;
    const f = this.frame();
    const [x, y] = this.outlines.middle(this.outlines.units.get(told));
    const [left, top] = place ?? [f.left + x * f.scale, f.top + y * f.scale];
    this.tip.style.left = `${Math.max(0, Math.min(left + 14, f.width - this.tip.offsetWidth - 4))}px`;
    this.tip.style.top = `${top + 16 + this.tip.offsetHeight > f.height ? Math.max(0, top - this.tip.offsetHeight - 10) : top + 16}px`;
  }

  describe(code) {
    const row = this.rowOf(code);
    const values = this.told.map((column) => column[row]);
    const shown = this.data.classes[this.numbers[row]];
    const [name, district] = this.outlines.names[code];
    const lines = this.data.lines
      .filter((line) => [...line.matchAll(PLACE)].every((place) => told(values, place) !== undefined))
      .map((line) => line.replace(PLACE, (...place) => told(values, place)));
    const said = [`${shown.sign ? shown.sign + " " : ""}${shown.label}`, ...lines];
    this.tip.replaceChildren();
    const title = (this.rows.has(code) ? [name, district] : [district]).filter(Boolean).join(", ");
    element(this.tip, "b", { textContent: title });
    for (const line of said) element(this.tip, "span", { textContent: line });
    this.live.textContent = [title, ...said].join(". ");
  }

  zoomBy(factor, about) {
    const f = this.frame();
    const zoomed = factor ? Math.max(1, Math.min(12, this.zoomed * factor)) : 1;
    const [x, y] = about ?? [f.width / 2, f.height / 2];
    const ratio = zoomed / this.zoomed;
    this.shift = zoomed === 1 ? [0, 0] : [x - f.width / 2 - (x - f.width / 2 - this.shift[0]) * ratio, y - f.height / 2 - (y - f.height / 2 - this.shift[1]) * ratio];
    this.zoomed = zoomed;
    this.draw();
  }

  remove() {
    this.resized.disconnect();
    SHOWN.delete(this);
  }
}

// What is pointed at on one map is pointed at on all: two periods side by side are compared by eye.
function point(view, code, place) {
  for (const other of SHOWN) other.point(code, other === view ? place : undefined);
}

const OUTLINES = new Outlines(FIXED);

export function show(component) {
  const root = component.parentElement;
  if (root.view?.outlines !== OUTLINES) {
    // A map of other units, or in another language, drew here.
    root.view?.box.remove();
    root.view = new MapView(root);
  }
  root.view.update(component);
}
