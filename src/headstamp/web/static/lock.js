// What an encrypted case showed does not stay on the screen of a tab once the case is locked.
// Asking for the page of the lock is nobody's being there: it does not keep the case open.
"use strict";

let locked = 0;
let missed = 0;

function cover(words) {
  const said = document.createElement("main");
  said.textContent = words;
  document.body.replaceChildren(said);
  document.title = "Locked · headstamp";
}

async function look() {
  try {
    const answer = await fetch("/unlock", { redirect: "manual", cache: "no-store" });
    if (answer.type === "opaqueredirect") {
      // Open; or open again, after this page was covered.
      if (missed > 1) window.location.reload();
      locked = missed = 0;
      return;
    }
    locked += 1;
  } catch {
    // The program was stopped; or the browser is about to leave this page.
    missed += 1;
    if (missed === 2) cover("The program does not answer. Was it stopped?");
    return;
  }
  if (locked === 1) cover("Locked.");
  // When it locks, one process takes another's place: go there only once that one is there.
  else window.location.replace(window.location.pathname + window.location.search);
}

setInterval(look, 3000);
// Also where the browser puts an old page back as it was.
window.addEventListener("pageshow", look);
document.addEventListener("visibilitychange", look);
