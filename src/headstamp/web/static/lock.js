// What an encrypted case showed does not stay on the screen of a tab once the case is locked.
// Asking for the page of the lock is nobody's being there: it does not keep the case open.
"use strict";

let missed = 0;

async function look() {
  let locked = false;
  try {
    const answer = await fetch("/unlock", { redirect: "manual", cache: "no-store" });
    missed = 0;
    locked = answer.type !== "opaqueredirect";
  } catch {
    // The program was stopped; or the browser is about to leave this page.
    missed += 1;
    locked = missed > 1;
  }
  if (locked) {
    document.body.hidden = true;
    window.location.replace(window.location.pathname + window.location.search);
  }
}

setInterval(look, 3000);
// Also where the browser puts an old page back as it was.
window.addEventListener("pageshow", look);
document.addEventListener("visibilitychange", look);
