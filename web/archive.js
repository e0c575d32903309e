"use strict";
(() => {
  const of = (id) => document.getElementById(id);
  const list = of("list");
  const cards = [...list.children];
  const count = of("count");
  const said = count.textContent;
  const number = (card, name) => Number(card.dataset[name]);
  const orders = {
    new: (a, b) => number(b, "started") - number(a, "started"),
    old: (a, b) => number(a, "started") - number(b, "started"),
    long: (a, b) => number(b, "length") - number(a, "length"),
    name: (a, b) => a.dataset.name.localeCompare(b.dataset.name),
  };

  function filter() {
    const words = of("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const show = of("show").value;
    let shown = 0;
    for (const card of cards) {
      const kind = show === "all" || show in card.dataset;
      card.hidden = !(kind && words.every((word) => card.dataset.words.includes(word)));
      if (!card.hidden) shown++;
    }
    of("none").hidden = shown > 0;
    count.textContent = shown === cards.length ? said : `${shown} of ${cards.length} recordings`;
    const address = new URLSearchParams({ q: of("search").value, show, order: of("order").value });
    history.replaceState(null, "", `#${address}`);
  }

  function order() {
    cards.sort(orders[of("order").value]);
    list.append(...cards);
    filter();
  }

  const clock = (seconds) => {
    const whole = Math.floor(seconds);
    const two = (n) => String(n).padStart(2, "0");
    const hours = Math.floor(whole / 3600);
    return (hours ? `${hours}:${two(Math.floor(whole / 60) % 60)}` : `${Math.floor(whole / 60)}`) + `:${two(whole % 60)}`;
  };
  const player = of("player");
  const video = of("video");

  function play(link) {
    of("playing").textContent = link.querySelector("b").textContent;
    const marks = JSON.parse(link.dataset.moments).map((moment) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      const time = document.createElement("span");
      time.className = "time";
      time.textContent = clock(moment.t);
      const label = document.createElement("span");
      label.textContent = moment.l || moment.k;
      if (["error", "failed", "rage", "dead"].includes(moment.k)) label.className = "bad";
      button.append(time, label);
      button.addEventListener("click", () => {
        video.currentTime = moment.t;
        video.play();
      });
      item.append(button);
      return item;
    });
    of("moments").replaceChildren(...marks);
    video.src = link.getAttribute("href");
    player.showModal();
    video.play().catch(() => {});
  }

  list.addEventListener("click", (event) => {
    const link = event.target.closest("a.open[data-moments]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    play(link);
  });
  player.addEventListener("close", () => {
    video.pause();
    video.removeAttribute("src");
    video.load();
  });
  player.addEventListener("click", (event) => {
    if (event.target === player) player.close();
  });
  of("close").addEventListener("click", () => player.close());
  of("search").addEventListener("input", filter);
  of("show").addEventListener("change", filter);
  of("order").addEventListener("change", order);
  const asked = new URLSearchParams(location.hash.slice(1));
  of("search").value = asked.get("q") ?? "";
  if (asked.get("show") in { all: 1, trouble: 1, failed: 1 }) of("show").value = asked.get("show");
  if (asked.get("order") in orders) of("order").value = asked.get("order");
  of("tools").hidden = false;
  order();
})();
