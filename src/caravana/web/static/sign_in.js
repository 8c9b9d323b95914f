import { ask, Refused } from "./common.js";

const form = document.getElementById("sign-in");
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const given = Object.fromEntries(new FormData(form));
  try {
    await ask("POST", "/api/session", given);
    location.assign("/");
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    form.querySelector(".fault").textContent = error.message;
    form.querySelector("#password").value = "";
    form.querySelector("#password").focus();
  }
});
document.documentElement.dataset.ready = "true";
