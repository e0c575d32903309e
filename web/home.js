// The first page: files that are dropped, an upload that shows how far it is, and a list that stays up to date. Without it, the form and a reload do the same.

const form = document.querySelector("#order");

if (form) {
  const drop = form.querySelector("#drop");
  const file = form.querySelector("#package");
  const source = form.querySelector("#source");
  const label = form.querySelector("#drop-label");
  const note = form.querySelector("#order-note");
  const bar = form.querySelector("#upload");
  const button = form.querySelector("button.primary");
  drop.classList.add("live");
  label.innerHTML = "<strong>Drop a recording here</strong> or choose a file";

  const chosen = () => {
    const picked = file.files[0];
    drop.classList.toggle("full", Boolean(picked));
    if (picked) {
      label.textContent = picked.name;
      source.value = "";
    } else {
      label.innerHTML = "<strong>Drop a recording here</strong> or choose a file";
    }
    note.textContent = "";
  };
  file.addEventListener("change", chosen);
  source.addEventListener("input", () => {
    if (source.value && file.files.length) {
      file.value = "";
      chosen();
    }
    note.textContent = "";
  });

  // The whole page takes files: whoever misses the field must not leave the page for the file.
  let inside = 0;
  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragenter", (event) => {
    if (holdsFiles(event) && ++inside === 1) drop.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (holdsFiles(event) && --inside <= 0) (inside = 0), drop.classList.remove("over");
  });
  document.addEventListener("dragover", (event) => holdsFiles(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    inside = 0;
    drop.classList.remove("over");
    const files = new DataTransfer();
    files.items.add(event.dataTransfer.files[0]);
    file.files = files.files;
    chosen();
    button.focus();
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    note.textContent = "";
    if (!file.files.length && !source.value.trim()) {
      note.textContent = "Choose a recording, or paste its ID or link.";
      file.focus();
      return;
    }
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    const done = (message) => {
      button.disabled = false;
      bar.hidden = true;
      note.textContent = message;
    };
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
    });
    request.addEventListener("load", () => {
      if (request.status < 300) return location.assign(request.responseURL);
      let said;
      try {
        const problem = JSON.parse(request.responseText);
        said = problem.errors?.[0]?.message ?? problem.detail;
      } catch {
        said = `the server answered ${request.status}`;
      }
      done(said.charAt(0).toUpperCase() + said.slice(1) + ".");
    });
    request.addEventListener("error", () => done("The server cannot be reached. Try again."));
    button.disabled = true;
    bar.hidden = !file.files.length;
    bar.value = 0;
    request.send(new FormData(form));
  });
  // Back from the next page: browsers keep what was disabled.
  addEventListener("pageshow", () => ((button.disabled = false), (bar.hidden = true)));
}

const rows = document.querySelector("#rows");
const said = document.querySelector("#said");
const busy = () => rows.querySelector("[data-state=queued], [data-state=running]") !== null;

/** Takes over what has changed, row by row: what has the focus keeps it. */
function adopt(fresh) {
  const empty = document.querySelector("#renders .empty");
  const freshEmpty = fresh.querySelector("#renders .empty");
  if (empty && !freshEmpty) empty.remove();
  const known = new Map([...rows.children].map((row) => [row.dataset.id, row]));
  let place = rows.firstElementChild;
  for (const row of [...fresh.querySelectorAll("#rows > .row")]) {
    const old = known.get(row.dataset.id);
    known.delete(row.dataset.id);
    if (!old) {
      rows.insertBefore(row, place);
      continue;
    }
    if (old.dataset.revision !== row.dataset.revision) {
      const focused = old.contains(document.activeElement);
      if (old.dataset.state !== row.dataset.state) {
        const state = row.querySelector(".badge").textContent;
        said.textContent = `${row.querySelector(".name").textContent}: ${state}`;
      }
      if (place === old) place = row;
      old.replaceWith(row);
      if (focused) row.querySelector("a").focus();
      place = row.nextElementSibling;
    } else {
      old.querySelector("time").textContent = row.querySelector("time").textContent;
      place = old.nextElementSibling;
    }
  }
  for (const gone of known.values()) gone.remove();
}

async function look() {
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (answer.ok && !answer.redirected) {
        adopt(new DOMParser().parseFromString(await answer.text(), "text/html"));
      }
    } catch {
      // The server may be back the next time.
    }
  }
  setTimeout(look, busy() ? 1500 : 8000);
}
if (rows) setTimeout(look, busy() ? 1500 : 8000);
