// Frames the page, which stays as it was built, byte for byte, and loads it again when the next build changed it.
const page = document.getElementById("page");
const refused = document.getElementById("refused");
const lost = document.getElementById("lost");
const name = decodeURIComponent(location.pathname.slice(1)) || "index";
let shown = null;

const nameOfPage = () => decodeURIComponent(page.contentWindow.location.pathname).replace(/^\/pages\/(.*)\.html$/, "$1");

const showPage = (digests) => {
  if (page.hidden) {
    if (!digests[name]) return;
    page.hidden = false;
    page.src = `/pages/${encodeURIComponent(name)}.html${location.hash}`;
  } else if (shown[nameOfPage()] !== digests[nameOfPage()]) {
    page.contentWindow.location.reload();
  }
  shown = digests;
};

const showProblems = (message, problems) => {
  refused.hidden = !message;
  refused.querySelector("h1").textContent = message;
  refused.querySelector("p").hidden = page.hidden;
  refused.querySelector("ol").replaceChildren(
    ...problems.map((problem) => {
      const item = document.createElement("li");
      item.textContent = problem;
      return item;
    }),
  );
};

page.addEventListener("load", () => {
  const here = nameOfPage();
  document.title = page.contentDocument.title || "Preview";
  history.replaceState(null, "", `/${here === "index" ? "" : encodeURIComponent(here)}${page.contentWindow.location.hash}`);
});

const news = new EventSource("/news");
news.onopen = () => { lost.hidden = true; };
news.onerror = () => { lost.hidden = false; };
news.onmessage = ({ data }) => {
  const { pages, refused: message, problems } = JSON.parse(data);
  showPage(pages);
  showProblems(message, problems);
};
