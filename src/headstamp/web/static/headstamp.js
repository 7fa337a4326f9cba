// Keys for lists and the search box. Everything works without this file.
"use strict";

const typing = (element) =>
  element instanceof HTMLElement &&
  (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));

const rows = () => [...document.querySelectorAll("[data-row], table.list tbody tr, .cards > li")];
let at = -1;

function go(step) {
  const all = rows();
  if (!all.length) return;
  at = Math.min(Math.max(at + step, 0), all.length - 1);
  all.forEach((row, number) => row.classList.toggle("at", number === at));
  const link = all[at].querySelector("a");
  if (link) link.focus({ preventScroll: true });
  all[at].scrollIntoView({ block: "nearest" });
}

const follow = (selector) => {
  const link = document.querySelector(selector);
  if (link) link.click();
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    document.querySelectorAll("details.more[open]").forEach((one) => one.removeAttribute("open"));
    if (typing(event.target)) event.target.blur();
    return;
  }
  if (typing(event.target)) return;
  const keys = {
    "/": () => document.getElementById("q").focus(),
    j: () => go(1),
    k: () => go(-1),
    n: () => follow("nav.pages a[rel=next]"),
    p: () => follow("nav.pages a[rel=prev]"),
    e: () => follow("a[data-key=edit]"),
    "?": () => window.location.assign("/keys"),
  };
  if (keys[event.key]) {
    event.preventDefault();
    keys[event.key]();
  }
});

// A menu that stays open behind the reader's back is in the way.
document.addEventListener("click", (event) => {
  document.querySelectorAll("details.more[open]").forEach((one) => {
    if (!one.contains(event.target)) one.removeAttribute("open");
  });
});

// A field that names a record takes its id; words typed there bring up records to pick from.
let waiting = 0;
document.addEventListener("input", (event) => {
  const field = event.target;
  if (!(field instanceof HTMLInputElement) || field.dataset.ref === undefined) return;
  clearTimeout(waiting);
  const asked = field.value.trim();
  const list = document.getElementById(field.getAttribute("list"));
  const picked = [...list.options].some((one) => one.value === asked);
  if (asked.length < 2 || picked) return;
  waiting = setTimeout(async () => {
    const kinds = field.dataset.ref.split(",").filter(Boolean);
    const query = new URLSearchParams({ q: asked });
    if (kinds.length === 1) query.set("kind", kinds[0]);
    const answer = await fetch(`/api/search?${query}`);
    if (!answer.ok) return;
    const { hits } = await answer.json();
    list.replaceChildren(...hits
      .filter((hit) => !kinds.length || kinds.includes(hit.kind))
      .slice(0, 20)
      .map((hit) => new Option(`${hit.label} (${hit.kind})`, hit.id)));
  }, 250);
});
