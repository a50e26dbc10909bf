"use strict";
// Plays the recording on the page: both channels, or one of them in both ears. A recording of one
// channel has nothing to choose. A page that shows one recording after the other tells the player of a new
// picture by the event "picture". With data-loop the player repeats the whole, or the part between two marks.
(() => {
  const player = document.querySelector("[data-player]");
  const audio = player.querySelector("audio");
  const controls = player.querySelector(".controls");
  const play = player.querySelector("[data-play]");
  const seek = player.querySelector("[data-seek]");
  const clock = player.querySelector("[data-clock]");
  const speed = player.querySelector("[data-speed]");
  const keys = player.querySelector("[data-keys]");
  const ears = [...player.querySelectorAll("input[name=ears]")];
  controls.hidden = false;
  audio.controls = false;

  // Web Audio routes the channels. It may begin only once a person acts.
  let graph = null;
  const hear = () => {
    const which = ears.find((e) => e.checked).value;
    if (!graph) return;
    graph.leftToLeft.gain.value = which === "right" ? 0 : 1;
    graph.leftToRight.gain.value = which === "left" ? 1 : 0;
    graph.rightToRight.gain.value = which === "left" ? 0 : 1;
    graph.rightToLeft.gain.value = which === "right" ? 1 : 0;
  };
  const begin = () => {
    if (graph || ears.length === 0) return;
    const context = new AudioContext();
    const source = context.createMediaElementSource(audio);
    const splitter = context.createChannelSplitter(2);
    const merger = context.createChannelMerger(2);
    const wire = (from, to) => {
      const gain = context.createGain();
      splitter.connect(gain, from);
      gain.connect(merger, 0, to);
      return gain;
    };
    source.connect(splitter);
    graph = { context, merger, leftToLeft: wire(0, 0), leftToRight: wire(0, 1), rightToLeft: wire(1, 0), rightToRight: wire(1, 1) };
    merger.connect(context.destination);
    player.graph = graph;
    hear();
  };
  const toggle = () => {
    begin();
    if (graph) graph.context.resume();
    if (!audio.hasAttribute("src")) {
      player.waiting = !player.waiting; // the page plays it once there is something to play
    } else if (audio.paused) {
      audio.play().catch(() => {}); // another recording came in between, or it cannot be played
    } else {
      audio.pause();
    }
  };
  const go = (t) => {
    audio.currentTime = Math.min(Math.max(t, 0), audio.duration || 0);
    show();
  };
  const told = (t) => {
    const tenths = Math.round(t * 10);
    const s = Math.floor(tenths / 10);
    const two = (n) => String(n).padStart(2, "0");
    const whole = s < 3600 ? `${Math.floor(s / 60)}:${two(s % 60)}` : `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
    return `${whole}.${tenths % 10}`;
  };

  // A line on each picture shows where the sound is.
  let pictures = [];
  const drawn = (svg, name, className, attributes) => {
    const shape = document.createElementNS("http://www.w3.org/2000/svg", name);
    shape.setAttribute("class", className);
    for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, String(value));
    svg.append(shape);
    return shape;
  };
  const find = () => {
    pictures = [...document.querySelectorAll("[data-picture] svg[data-duration]")].map((svg) => {
      const height = svg.viewBox.baseVal.height;
      const part = drawn(svg, "rect", "part", { y: 0, height, width: 0 });
      const line = drawn(svg, "line", "cursor", { y1: 0, y2: height });
      const axis = { left: +svg.dataset.left, right: +svg.dataset.right, duration: +svg.dataset.duration };
      svg.addEventListener("click", (e) => {
        const box = svg.getBoundingClientRect();
        const x = (e.clientX - box.left) / box.width * svg.viewBox.baseVal.width;
        go((x - axis.left) / (axis.right - axis.left) * axis.duration);
      });
      return { line, part, axis };
    });
    show();
  };
  const show = () => {
    const t = audio.currentTime;
    seek.value = String(t);
    seek.setAttribute("aria-valuetext", told(t));
    clock.value = told(t);
    for (const { line, part, axis } of pictures) {
      const at = (s) => axis.left + (axis.right - axis.left) * Math.min(s / axis.duration, 1);
      line.setAttribute("x1", at(t).toFixed(1));
      line.setAttribute("x2", at(t).toFixed(1));
      const [from, to] = marks ?? [0, 0];
      part.setAttribute("x", at(from).toFixed(1));
      part.setAttribute("width", (at(to) - at(from)).toFixed(1));
    }
  };

  // The part that is repeated: [from, to] in seconds, or null.
  const loop = player.querySelector("[data-loop]");
  let marks = null;
  const mark = (end) => {
    if (!loop) return;
    const whole = marks ?? [0, audio.duration || 0];
    marks = end ? [Math.min(whole[0], audio.currentTime), audio.currentTime] : [audio.currentTime, Math.max(whole[1], audio.currentTime)];
    loop.checked = true;
    tellLoop();
    show();
  };
  const tellLoop = () => {
    if (!loop) return;
    audio.loop = loop.checked && !marks;
    player.dispatchEvent(new CustomEvent("loop", { detail: !loop.checked ? "off" : marks ? `${told(marks[0])} to ${told(marks[1])}` : "the whole recording" }));
  };
  const repeat = () => {
    if (loop?.checked && marks && audio.currentTime >= marks[1]) go(marks[0]);
  };
  const follow = () => {
    repeat();
    show();
    if (!audio.paused) requestAnimationFrame(follow);
  };

  audio.addEventListener("loadedmetadata", () => { seek.max = String(audio.duration); show(); });
  if (audio.readyState > 0) seek.max = String(audio.duration);
  audio.addEventListener("play", () => { play.textContent = "Pause"; follow(); });
  audio.addEventListener("pause", () => { play.textContent = "Play"; show(); });
  audio.addEventListener("seeked", show);
  play.addEventListener("click", toggle);
  seek.addEventListener("input", () => go(+seek.value));
  const pace = () => { audio.defaultPlaybackRate = audio.playbackRate = +speed.value; };
  const faster = (steps) => {
    speed.selectedIndex = Math.min(Math.max(speed.selectedIndex + steps, 0), speed.options.length - 1);
    pace();
  };
  speed.addEventListener("change", pace);
  if (loop) loop.addEventListener("change", () => { if (!loop.checked) marks = null; tellLoop(); show(); });
  audio.addEventListener("ended", () => { if (loop?.checked && marks) { go(marks[0]); audio.play().catch(() => {}); } });
  player.addEventListener("picture", () => { marks = null; if (loop) { loop.checked = false; tellLoop(); } find(); });
  player.toggle = toggle;
  for (const e of ears) e.addEventListener("change", hear);
  document.addEventListener("keydown", (e) => {
    if (!keys.checked || e.ctrlKey || e.metaKey || e.altKey) return;
    // Elements that use a key themselves keep it.
    const own = e.target.closest("button, summary, select, textarea, input, [tabindex='0']");
    const choose = (value) => {
      const ear = ears.find((x) => x.value === value);
      if (!ear) return;
      ear.checked = true;
      hear();
    };
    const letter = e.key.toLowerCase();
    if (own && (letter === " " || letter.startsWith("arrow"))) return;
    if (own && own.matches("select, textarea, input:not([type=radio]):not([type=range])")) return;
    switch (letter) {
      case " ": e.preventDefault(); toggle(); break;
      case "arrowleft": e.preventDefault(); go(audio.currentTime - 5); break;
      case "arrowright": e.preventDefault(); go(audio.currentTime + 5); break;
      case "l": choose("left"); break;
      case "r": choose("right"); break;
      case "b": choose("both"); break;
      case "-": faster(-1); break;
      case "+": case "=": faster(1); break;
      case "[": mark(false); break;
      case "]": mark(true); break;
      case "o": if (loop) loop.click(); break;
    }
  });
  find();
})();
