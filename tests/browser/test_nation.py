"""The figures of the whole country stand on the page that shades the provinces, each with its source."""


def test_every_national_claim_is_on_the_page_with_its_citation(flagship, open_page):
    page = open_page(flagship["provinces"])
    held = page.data()
    assert len(held["nation"]["claims"]) > 150
    page.page.locator("button.item").first.click()
    rows = page.page.locator("table.claims tr[data-status]")
    cited = rows.locator("td.by :is(a, button)")
    assert rows.count() == cited.count() == len(held["nation"]["claims"])
    page.assert_quiet()


def test_a_page_of_places_leaves_the_country_out(flagship, visit):
    assert "nation" not in visit(flagship["overview"]).data()
