// Buttons that copy: data-copy names the element whose text they take, and the status line nearest to them says what came of it.

document.addEventListener("click", ({ target }) => {
  const button = target.closest("button[data-copy]");
  if (button) copy(button, document.getElementById(button.dataset.copy), button.closest("section").querySelector(".said"));
});

async function copy(button, source, said) {
  said.textContent = "";    // so that the same sentence is read out again
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    said.textContent = button.getAttribute("aria-label").replace("Copy", "Copied");
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  } catch {
    getSelection().selectAllChildren(source);
    source.select?.();
    said.textContent = "The text is selected: copy it with Ctrl+C or ⌘C.";
  }
}
