// Chapters and moments that seek, and the place in the list that is playing.

/** @returns {HTMLVideoElement | null} */
export function player(root = document) {
  const video = root.querySelector("#video");
  if (!video) return null;
  const marks = [...root.querySelectorAll("[data-seconds]")];
  for (const mark of marks) {
    mark.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      video.currentTime = Number(mark.dataset.seconds);
      video.play().catch(() => {});
    });
  }
  const chapters = marks.filter((mark) => "chapter" in mark.dataset);
  const follow = () => {
    let current = null;
    for (const chapter of chapters) if (Number(chapter.dataset.seconds) <= video.currentTime + 0.05) current = chapter;
    for (const chapter of chapters) {
      if (chapter === current) chapter.setAttribute("aria-current", "true");
      else chapter.removeAttribute("aria-current");
    }
  };
  video.addEventListener("timeupdate", follow);
  video.addEventListener("seeked", follow);
  follow();
  return video;
}
