// A still of the moment that is on the screen.

/** Session time of a video time, both in ms, by the pieces of a time map (docs/time-map.md). */
export function session(pieces, video) {
  const shown = pieces.filter((piece) => !piece.skipped && piece.speed);
  const piece = shown.find((piece) => piece.video_from_ms <= video && video < piece.video_to_ms) ?? shown.at(-1);
  if (!piece) return video;
  return Math.min(piece.session_from_ms + (video - piece.video_from_ms) * piece.speed, piece.session_to_ms);
}

export function stills(root, id, video) {
  const area = root.querySelector("#still");
  if (!area || !video?.dataset.map) return;
  area.hidden = false;
  const button = area.querySelector("#take");
  const note = area.querySelector("#still-note");
  const figure = area.querySelector("#still-figure");
  let pieces;
  button.addEventListener("click", async () => {
    video.pause();
    const at = video.currentTime * 1000;
    button.disabled = true;
    note.textContent = "Taking the still …";
    try {
      pieces ??= (await (await fetch(video.dataset.map)).json()).pieces;
      const seconds = (session(pieces, at) / 1000).toFixed(3);
      const answer = await fetch(`/renders/${id}/still?at=${seconds}`, { method: "POST" });
      if (!answer.ok) throw new Error((await answer.json()).detail);
      const url = await address(await answer.blob());
      const picture = figure.querySelector("#still-picture");
      picture.src = url;
      picture.alt = `The page at ${seconds} seconds of the session`;
      const save = figure.querySelector("#still-save");
      save.href = url;
      save.download = `still-${seconds}.png`;
      figure.hidden = false;
      note.textContent = `At ${clock(Number(seconds))} of the session.`;
    } catch (error) {
      note.textContent = `There is no still: ${error.message}`;
    }
    button.disabled = false;
  });
}

function clock(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function address(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
