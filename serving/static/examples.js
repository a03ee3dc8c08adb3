// Synthetic images to try the page with.

import { make, say } from "./dom.js";
import { example, examples } from "./rest.js";

export async function offerExamples(take) {
  try {
    const offered = await examples();
    for (const place of document.querySelectorAll(".examples")) {
      place.replaceChildren(...offered.examples.map((each) => button(each, take)));
    }
  } catch (error) {
    say(error.message);
  }
}

function button({ number, name, drawn }, take) {
  const made = make("button", { type: "button", title: `Synthetic image, drawn with: ${drawn}` }, drawn);
  made.addEventListener("click", async () => {
    try {
      await take([await example(number, name)], true);
    } catch (error) {
      say(error.message);
    }
  });
  return made;
}
