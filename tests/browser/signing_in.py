"""Saying in a browser who one is, on an installation without keys."""

from playwright.sync_api import Page


def be_somebody(page: Page, name: str, role: str, customer: str = "") -> None:
    """Go to the sign-in page, fill it in, and land on the person's first page."""
    page.goto("/sign-in")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Here for").select_option(role)
    page.get_by_label("Customer").fill(customer)
    page.get_by_role("button", name="Go on as this person").click()
